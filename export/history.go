package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"bedrot/sql/query"
	"bedrot/zones"
)

// VersionInfo is one version that is kept.
type VersionInfo struct {
	Version   string    `json:"version"`
	Created   time.Time `json:"created"`
	RunDate   string    `json:"run_date"`
	Published bool      `json:"published"`
	Pinned    bool      `json:"pinned"`
	Rows      int64     `json:"curated_rows"`
	Changed   int       `json:"curated_tables_changed"` // against the version before it in the list
	Stale     int       `json:"stale_tables"`
}

// Versions lists the versions that are kept, oldest first, with what each changed.
func Versions(out io.Writer, lake *zones.Lake, asJSON bool) error {
	runs, err := lake.Versions()
	if err != nil {
		return err
	}
	current, err := lake.Current()
	if err != nil {
		return err
	}
	pin, err := lake.Pinned()
	if err != nil {
		return err
	}
	var list []VersionInfo
	var before *zones.Version
	for _, run := range runs {
		version, err := lake.ReadVersion(run)
		if err != nil {
			return err
		}
		info := VersionInfo{Version: run, Created: version.Created, RunDate: version.RunDate}
		info.Published = current != nil && current.Run == run
		info.Pinned = pin != nil && pin.Version == run
		for _, name := range version.Names("curated") {
			ref := version.Tables[name]
			info.Rows += ref.Rows
			if ref.Stale != "" {
				info.Stale++
			}
			if before == nil || before.Tables[name].Content != ref.Content {
				info.Changed++
			}
		}
		list, before = append(list, info), version
	}
	if asJSON {
		return JSON(out, list)
	}
	talk := Talk{Out: out}
	for _, v := range list {
		note := ""
		switch {
		case v.Pinned:
			note = "  published, pinned by a rollback"
		case v.Published:
			note = "  published"
		}
		talk.Tell("%s  %s  %9d curated rows  %2d tables changed%s", v.Version, v.Created.Format(time.DateTime), v.Rows, v.Changed, note)
	}
	return nil
}

// Found tells which version somebody who asked for one gets.
func (t Talk) Found(asked string, found zones.Found) {
	if asked != found.Run {
		t.Say("%s is version %s of %s", asked, found.Run, found.Created.Format(time.RFC3339))
	}
	if found.Gap {
		t.Tell("warning: versions after it are no longer kept: what was published then may have been one of those")
	}
}

// Diff tells what changed in a table since an older version.
func (l Listing) Diff(ctx context.Context, from *zones.Version, table string, limit int) error {
	var key []string
	if s := l.Catalog.Script(table); s != nil {
		key = s.Header.Key
	}
	d, err := l.Session.Diff(ctx, from, table, key)
	if err != nil {
		return err
	}
	if l.JSON {
		var rows bytes.Buffer
		w, err := Writer("json", &rows, "")
		if err != nil {
			return err
		}
		if err := l.Session.Run(ctx, d.Rows(limit), w); err != nil {
			return err
		}
		return JSON(l.Out, struct {
			query.Difference
			Rows json.RawMessage `json:"rows"`
		}{d, rows.Bytes()})
	}
	talk := l.talk()
	talk.Tell("%s from %s to %s: %d rows added, %d removed, %d changed", d.Table, d.From, d.To, d.Added, d.Removed, d.Changed)
	for _, column := range d.Columns {
		talk.Tell("  column %s: %s → %s", column.Column, orDash(column.From), orDash(column.To))
	}
	for _, m := range d.Money {
		talk.Tell("  %s %s: %s → %s (%s)", m.Month, m.Column, m.From, m.To, m.Change)
	}
	if d.Added+d.Removed+d.Changed == 0 || limit == 0 {
		return nil
	}
	w, err := Writer("table", l.Out, "")
	if err != nil {
		return err
	}
	if err := l.Session.Run(ctx, d.Rows(limit), w); err != nil {
		return err
	}
	if rows := d.Added + d.Removed + 2*d.Changed; rows > int64(limit) {
		talk.Tell("… and %d rows more: --limit shows them", rows-int64(limit))
	}
	return nil
}

// Retention lists what retention did, or would do.
func Retention(out io.Writer, acts []zones.Act, done, asJSON bool) error {
	if asJSON {
		return JSON(out, acts)
	}
	talk := Talk{Out: out}
	verbs := map[string]string{"version": "let go", "raw": "let go", "evidence": "let go", "drop": "pack"}
	for _, act := range acts {
		left := ""
		if act.Left != "" {
			left = "   left: " + act.Left
		}
		talk.Tell("%-7s %s: %s%s", verbs[act.Kind], act.Path, act.Why, left)
	}
	talk.Tell("%s", retained(acts))
	if !done && len(acts) > 0 {
		talk.Tell("nothing was changed: bedrot prune --apply does it, and so does every good run")
	}
	return nil
}

func retained(acts []zones.Act) string {
	counts := map[string]int{}
	var bytes int64
	for _, act := range acts {
		if act.Left == "" {
			counts[act.Kind]++
			bytes += act.Bytes
		}
	}
	text := fmt.Sprintf("retention: %d versions and %d raw files let go, %d drops packed, %d bytes", counts["version"], counts["raw"], counts["drop"], bytes)
	if counts["evidence"] > 0 {
		text += fmt.Sprintf("; pages of %d runs let go", counts["evidence"])
	}
	return text
}
