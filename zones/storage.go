package zones

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// ZoneSize is how much one zone holds.
type ZoneSize struct {
	Zone         string
	Files, Bytes int64
}

// Storage sums up each zone as the version's manifests know it.
func (v *Version) Storage() ([]ZoneSize, error) {
	sizes := map[string]*ZoneSize{}
	for _, zone := range Zones() {
		sizes[zone] = &ZoneSize{Zone: zone}
	}
	for name := range v.Tables {
		table, err := v.Table(name)
		if err != nil {
			return nil, err
		}
		zone, _, _ := strings.Cut(name, ".")
		for _, part := range table.Parts {
			sizes[zone].Files++
			sizes[zone].Bytes += part.Bytes
		}
		for _, drop := range table.Drops {
			sizes["landing"].Files += int64(max(1, len(drop.Names)))
			sizes["landing"].Bytes += drop.Landed
			if drop.File != "" {
				sizes["raw"].Files++
				sizes["raw"].Bytes += drop.Bytes
			}
		}
	}
	err := filepath.WalkDir(v.lake.Path("archive"), func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sizes["archive"].Files++
			sizes["archive"].Bytes += info.Size()
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var list []ZoneSize
	for _, zone := range Zones() {
		list = append(list, *sizes[zone])
	}
	return list, nil
}

// Names lists the version's tables of a zone, sorted; all of them when zone is empty.
func (v *Version) Names(zone string) []string {
	var names []string
	for name := range v.Tables {
		if zone == "" || strings.HasPrefix(name, zone+".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
