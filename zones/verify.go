package zones

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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

// Damage is a file that is not what its manifest says.
type Damage struct {
	File string // below the lake
	What string
}

// Verified tells what Verify looked at.
type Verified struct {
	Files, Bytes int64
	Damaged      []Damage
}

// Verify reads every file that a version stands on, landed files and raw files too, and compares it
// with the hash in its manifest.
func (l *Lake) Verify(ctx context.Context, version *Version) (Verified, error) {
	v := &verifier{lake: l}
	if version == nil {
		return v.Verified, nil
	}
	for _, name := range version.Names("") {
		table, err := version.Table(name)
		if err != nil {
			v.Damaged = append(v.Damaged, Damage{filepath.Join("versions", version.Run, "tables", name+".json"), err.Error()})
			continue
		}
		for _, part := range table.Parts {
			if err := v.file(ctx, filepath.Join("versions", version.Run, part.File), part.Sealed); err != nil {
				return v.Verified, err
			}
		}
		if err := v.drops(ctx, table); err != nil {
			return v.Verified, err
		}
	}
	return v.Verified, nil
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

type verifier struct {
	Verified
	lake *Lake
}

func (v *verifier) drops(ctx context.Context, table *Table) error {
	source, stream, _ := strings.Cut(strings.TrimPrefix(table.Name, "raw."), "__")
	for _, raw := range table.Drops {
		if raw.File != "" {
			if err := v.file(ctx, raw.File, Sealed{Bytes: raw.Bytes, SHA256: raw.SHA256}); err != nil {
				return err
			}
		}
		drop, err := v.lake.ReadDrop(source, stream, raw.Account, raw.ID)
		if err != nil {
			v.Damaged = append(v.Damaged, Damage{v.lake.Rel(v.lake.DropDir(source, stream, raw.Account, raw.ID)), err.Error()})
			continue
		}
		for _, file := range drop.Files {
			if err := v.landed(ctx, drop, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// landed verifies a drop's file where it landed, or packed.
func (v *verifier) landed(ctx context.Context, drop *Drop, file DropFile) error {
	path := filepath.Join(v.lake.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID), file.Path)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return v.file(ctx, v.lake.Rel(path), Sealed{Bytes: file.Bytes, SHA256: file.SHA256})
	}
	v.Files++
	sealed, err := v.lake.unpack(ctx, drop, file, io.Discard)
	v.Bytes += sealed.Bytes
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("stopped: %w", ctx.Err())
	case err != nil:
		v.Damaged = append(v.Damaged, Damage{v.lake.archived(drop, file), err.Error()})
	case sealed.SHA256 != file.SHA256 || sealed.Bytes != file.Bytes:
		v.Damaged = append(v.Damaged, Damage{v.lake.archived(drop, file), "unpacked, its bytes are not those that were landed"})
	}
	return nil
}

func (v *verifier) file(ctx context.Context, file string, want Sealed) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped: %w", err)
	}
	v.Files++
	sum, n, err := HashFile(v.lake.Path(file))
	v.Bytes += n
	switch {
	case err != nil:
		v.Damaged = append(v.Damaged, Damage{file, err.Error()})
	case n != want.Bytes:
		v.Damaged = append(v.Damaged, Damage{file, fmt.Sprintf("has %d bytes, its manifest says %d", n, want.Bytes)})
	case sum != want.SHA256:
		v.Damaged = append(v.Damaged, Damage{file, "its bytes are not those the manifest names"})
	}
	return nil
}
