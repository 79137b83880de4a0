package export

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bedrot/sql/draft"
	"bedrot/sql/read"
	"bedrot/zones"
)

// Profiling tells what can be told of files that no script reads, to people or as JSON.
type Profiling struct {
	Out  io.Writer
	JSON bool
	Talk Talk // is told which files are written
	// Dir, when set, is where the first files of a source are written, for the stream of a source; the
	// source is named after the file where no name is given.
	Dir, Source, Stream string
}

// File tells of a file, and of an archive all that it holds. Of the first that is drafted the rest is left.
func (p Profiling) File(ctx context.Context, path string) (err error) {
	scratch, err := os.MkdirTemp("", "bedrot-profile-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	members, err := read.Expand(ctx, path, filepath.Base(path), scratch, read.Limits{})
	if err != nil {
		return &zones.Error{Code: "file_unreadable", What: err.Error(), Where: path, Next: "bedrot profile FILE", Err: err}
	}
	for _, m := range members {
		profile, ok, err := read.ProfileOf(ctx, m)
		if err != nil {
			return err
		}
		if !ok {
			return &zones.Error{Code: "file_unknown", What: "holds no table and no records that can be made out", Where: m.Name, Next: "look at it: head " + path}
		}
		if err := p.tell(m.Name, profile); err != nil {
			return err
		}
		if p.Dir != "" {
			return p.draft(filepath.Base(m.Name), profile)
		}
	}
	return nil
}

func (p Profiling) draft(name string, profile read.Profile) error {
	source := cmp.Or(p.Source, draft.Name(strings.TrimSuffix(name, filepath.Ext(name))))
	files, err := draft.Source(profile, draft.Name(source), draft.Name(p.Stream), name)
	if err != nil {
		return err
	}
	if err := WriteDraft(p.Dir, files); err != nil {
		return err
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		p.Talk.Say("wrote %s", filepath.Join(p.Dir, file))
	}
	return nil
}

func (p Profiling) tell(name string, profile read.Profile) error {
	if p.JSON {
		return JSON(p.Out, profile)
	}
	talk := Talk{Out: p.Out}
	about := ""
	if profile.Kind != "" {
		about = ", probably about " + profile.Kind
	}
	at := ""
	if profile.Path != "" {
		at = " at " + profile.Path
	}
	talk.Tell("%s: %s%s%s; of the first %d records:", name, profile.Format, at, about, profile.Records)
	for _, c := range profile.Columns {
		talk.Tell("  %-40s %s", c.Name, strings.TrimSpace(c.Type+" "+c.Layout))
	}
	return nil
}
