package export

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"bedrot/sql/build"
	"bedrot/sql/query"
	"bedrot/sql/script"
	"bedrot/zones"
)

// JSON writes a value as indented JSON, for --json.
func JSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// Talk writes to people, line by line, and forgets errors of the terminal: what is said there is no
// data.
type Talk struct {
	Out   io.Writer
	Quiet bool
	JSON  bool // failures are told as their records
	Now   func() time.Time
}

// Say writes a line, unless quiet.
func (t Talk) Say(format string, args ...any) {
	if !t.Quiet {
		t.Tell(format, args...)
	}
}

// Tell writes a line, quiet or not.
func (t Talk) Tell(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = clean(line)
	}
	_, _ = fmt.Fprintln(t.Out, strings.Join(lines, "\n"))
}

// Lines lists things in a line each, or as JSON all that there is to know of them, if there is anything.
func Lines(out io.Writer, asJSON bool, whole any, lines []string) error {
	if asJSON && whole != nil {
		return JSON(out, whole)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// Failure tells an error and the next step, or its record.
func (t Talk) Failure(e *zones.Error) {
	if t.JSON {
		_ = JSON(t.Out, e.Record("", t.Now()))
		return
	}
	t.Tell("error: %v", e)
	if e.Next != "" {
		t.Tell("    next: %s", e.Next)
	}
}

// Warnings tells what was odd, and reports whether any of it is an error.
func (t Talk) Warnings(odd []zones.Error) (failed bool) {
	for i := range odd {
		t.Failure(&odd[i])
		failed = failed || odd[i].Record("", t.Now()).Severity == "error"
	}
	return failed
}

// ErrorHelp lists every kind of error.
func ErrorHelp() string {
	var b strings.Builder
	b.WriteString("Errors carry a code that does not change. --json prints the whole record; meta.errors keeps those of runs.\n\n")
	for _, code := range zones.Codes() {
		_, _ = fmt.Fprintf(&b, "  %-22s %-11s %-5s  %s\n", code.Code, code.Class, code.Severity, code.Means)
	}
	return b.String()
}

// fewDrops is how many drops without anything remarkable are told one by one.
const fewDrops = 12

// Report tells how a run went: what is wrong first, then the summary.
func (t Talk) Report(r build.Report) {
	for _, leftover := range r.Swept {
		t.Say("swept %s, left behind by a run that was killed", leftover)
	}
	told := map[string]bool{}
	for _, finding := range r.Result.Findings {
		t.finding(finding)
	}
	var plain, records int64
	for _, drop := range r.Result.Drops {
		told[drop.ID] = true
		if drop.Outcome == build.Accepted && drop.Rejected == 0 {
			if plain++; plain > fewDrops {
				records += drop.Records
				continue
			}
		}
		t.drop(drop)
	}
	if plain > fewDrops {
		t.Say("and %d more drops with %d records, all accepted", plain-fewDrops, records)
	}
	for _, held := range r.Result.Held {
		if !told[held.ID] {
			t.Tell("held: %s/%s:%s drop %s: %s\n    next: %s", held.Source, held.Stream, held.Account, held.ID, held.Reason, held.Next)
		}
	}
	tables := make([]string, 0, len(r.Result.Stale))
	for table := range r.Result.Stale {
		tables = append(tables, table)
	}
	slices.Sort(tables)
	for _, table := range tables {
		t.Tell("stale: %s keeps its last state: %s", table, r.Result.Stale[table])
	}
	if r.Result.DryRun {
		t.plan(r.Result)
	}
	for _, act := range r.Kept {
		if act.Left != "" {
			t.Tell("left: %s: %s", act.Path, act.Left)
		}
	}
	if len(r.Kept) > 0 {
		t.Say("%s", retained(r.Kept))
	}
	t.Say("%s", r)
}

// fewPartitions is how many partitions of a table are named in a plan.
const fewPartitions = 6

// plan tells what a dry run would have built, and why.
func (t Talk) plan(result build.Result) {
	for _, table := range result.Tables {
		switch {
		case table.Built > 0:
			names := table.Partitions
			more := ""
			if len(names) > fewPartitions {
				more = fmt.Sprintf(" and %d more", len(names)-fewPartitions)
				names = names[:fewPartitions]
			}
			t.Say("would write %s: %d partitions, keep %d: %s%s (%s)", table.Table, table.Built, table.Kept, strings.Join(names, ", "), more, table.Why)
		case table.Changed && table.Why != "":
			t.Say("would change %s without writing: rows go away (%s)", table.Table, table.Why)
		case table.Changed && strings.HasPrefix(table.Table, "raw."):
			t.Say("would change %s: other drops win", table.Table)
		}
	}
}

func (t Talk) finding(f build.Finding) {
	kind := "warning"
	if f.Severity == "error" {
		kind = "error"
	}
	t.Tell("%s: %s: %s", kind, f.Where, f.What)
	if f.Next != "" {
		t.Tell("    next: %s", f.Next)
	}
}

// drop tells a new drop's identity, and of one that is held the lines that are to blame.
func (t Talk) drop(d build.DropResult) {
	where := d.Source + "/" + d.Stream + ":" + d.Account
	switch d.Outcome {
	case build.Refused:
		t.Tell("refused: %s %s: %s", where, d.File, d.Reason)
		return
	case build.Held:
		t.Tell("held: %s drop %s: %s", where, d.ID, d.Reason)
	default:
		t.Say("%s: %d records = %d accepted + %d rejected; %d winning, %d unchanged, %d superseded",
			where, d.Records, d.Records-d.Rejected, d.Rejected, d.Winning, d.Unchanged, d.Superseded)
	}
	for _, example := range d.Examples {
		t.Tell("    %s", example)
	}
}

// Status tells how the lake is.
func (t Talk) Status(s query.Status) {
	if s.Version == "" {
		t.Tell("lake %s: nothing published yet", s.Lake)
	} else {
		t.Tell("lake %s: version %s", s.Lake, s.Version)
	}
	if s.LastRun != nil {
		t.Tell("last run %s: %s, ended %s", s.LastRun.Run, s.LastRun.Status, s.LastRun.EndedAt.Format(time.RFC3339))
	}
	if s.LastGood != nil && s.LastGood.Run != s.LastRun.Run {
		t.Tell("last good run %s, ended %s", s.LastGood.Run, s.LastGood.EndedAt.Format(time.RFC3339))
	}
	if s.Pinned != nil {
		t.Tell("PINNED to version %s since %s: runs publish nothing\n    next: bedrot rollback --release", s.Pinned.Version, s.Pinned.At.Format(time.DateOnly))
	}
	if s.Holder != nil {
		t.Tell("running now: bedrot %s, process %d, since %s", s.Holder.Command, s.Holder.PID, s.Holder.Since.Format(time.RFC3339))
	}
	for _, stream := range s.Streams {
		note := ""
		if stream.Late {
			note = fmt.Sprintf("   LATE: usually %d days behind", stream.LagDays)
		}
		if stream.Held > 0 {
			note = fmt.Sprintf("   HELD: %d", stream.Held) + note
		}
		t.Tell("  %-40s newest data %-10s  captured %s  last good %s  drops %d  rejected rows %d%s", stream.Source+"/"+stream.Stream+":"+stream.Account,
			orDash(stream.NewestData), stream.LastAsOf.Format(time.DateOnly), orDash(day(stream.LastGood)), stream.Drops, stream.Rejected, note)
	}
	for _, held := range s.Held {
		t.Tell("held: %s drop %s: %s\n    next: bedrot drops accept %s   (or withdraw)", held.Where, held.ID, held.Reason, held.ID)
	}
	for _, stale := range s.Stale {
		t.Tell("stale: %s: %s", stale.Table, stale.Reason)
	}
	for _, waiting := range s.Inbox {
		t.Tell("inbox: %s: %s", waiting.File, waiting.Reason)
	}
	var sizes []string
	for _, size := range s.Storage {
		sizes = append(sizes, size.Zone+" "+megabytes(size.Bytes))
	}
	if s.FreeDisk != nil {
		sizes = append(sizes, "left on the disk "+megabytes(*s.FreeDisk))
	}
	t.Tell("disk: %s", strings.Join(sizes, ", "))
	if len(s.Problems) > 0 {
		t.Tell("%d things want looking at: bedrot status --check", len(s.Problems))
	}
}

// Problems tells a monitor what is wrong, a line each, or that nothing is.
func (t Talk) Problems(s query.Status) {
	if len(s.Problems) == 0 {
		t.Tell("ok: lake %s, version %s", s.Lake, orDash(s.Version))
	}
	for _, p := range s.Problems {
		t.Tell("%s: %s: %s\n    next: %s", p.Code, p.Where, p.What, p.Next)
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func megabytes(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Lineage prints the way from a table to its lines.
func (t Talk) Lineage(l query.Lineage) {
	for _, step := range l.Steps {
		matched := ""
		if len(step.Matched) > 0 {
			matched = "   by " + strings.Join(step.Matched, ", ")
		}
		t.Tell("%s%s  %d rows  (%s)%s", strings.Repeat("  ", step.Depth), step.Table, step.Rows, step.Script, matched)
	}
	file := ""
	for _, line := range l.Lines {
		if at := line.Table + " " + line.Drop + " " + line.File; at != file {
			t.Tell("%s:%s drop %s %s", line.Table, line.Account, line.Drop, line.File)
			file = at
		}
		t.Tell("  line %d: %s", line.Line, line.Text)
	}
	if l.More > 0 {
		t.Tell("… and %d lines more: --limit shows them", l.More)
	}
}

// Standing prints what stands on a table or drop.
func (t Talk) Standing(s query.Standing) {
	t.Tell("on %s stand:", s.On)
	for _, step := range s.Steps {
		partitions := "all partitions"
		if step.Partitions != nil {
			partitions = fmt.Sprintf("%d partitions: %s", len(step.Partitions), strings.Join(step.Partitions[:min(fewPartitions, len(step.Partitions))], " "))
			if len(step.Partitions) > fewPartitions {
				partitions += " …"
			}
		}
		t.Tell("%s%s  %d rows  (%s)", strings.Repeat("  ", step.Depth), step.Table, step.Rows, partitions)
		for _, check := range step.Checks {
			t.Tell("%s  checked by %s", strings.Repeat("  ", step.Depth), check)
		}
	}
	if len(s.Steps) == 0 {
		t.Tell("  nothing: no row of it stands in the published version")
	}
}

// Columns prints a table's columns with what the catalog says of them.
func (t Talk) Columns(s *script.Script, ref zones.TableRef) {
	t.Tell("%s  %s", s.Table, s.Header.Grain)
	t.Tell("  script %s, %d rows, %d bytes", s.Path, ref.Rows, ref.Bytes)
	if len(s.Header.Partition) > 0 {
		t.Tell("  partition %s", strings.Join(s.Header.Partition, ", "))
	}
	if len(s.Header.Key) > 0 {
		t.Tell("  key %s", strings.Join(s.Header.Key, ", "))
	}
	t.Tell("  reads %s", orDash(strings.Join(s.Inputs, ", ")))
	t.Tell("  built %s", Narrowing(s))
	for _, column := range s.Columns {
		t.Tell("  %-24s %-16s %s", column.Name, column.Type, s.Header.Docs[column.Name])
	}
}

// Narrowing says how a table is built when an input changes.
func Narrowing(s *script.Script) string {
	switch {
	case s.Kind == script.Raw:
		return "by drop"
	case s.Narrow:
		return "by partition, proved"
	}
	return "whole: " + s.WhyNot
}

// Diagnosis tells what the doctor found.
func Diagnosis(out io.Writer, findings []query.Finding, asJSON bool) error {
	if asJSON {
		return JSON(out, findings)
	}
	talk := Talk{Out: out}
	for _, f := range findings {
		talk.Tell("%-4s  %-22s %s", f.State, f.What, f.Found)
		if f.Next != "" {
			talk.Tell("      next: %s", f.Next)
		}
	}
	return nil
}

// Fetched tells what became of one thing that was to be fetched; failures are told with the findings.
func (t Talk) Fetched(e zones.Event) {
	what := e.Source + "/" + e.Stream + ":" + e.Account
	if e.Since != "" {
		what += " " + e.Since + " to " + e.Until
	}
	switch e.Status {
	case "planned":
		t.Tell("would fetch %s, by %s", what, e.Door)
	case "landed":
		t.Say("fetched %s: drop %s, %d bytes in %d requests", what, e.Drop, *e.BytesIn, *e.Requests)
	case "known":
		t.Say("fetched %s: nothing new, drop %s has the same bytes", what, e.Drop)
	case "nothing":
		t.Say("fetched %s: the service has nothing new", what)
	case "skipped":
		t.Say("left out %s, because of what failed before it", what)
	case "failed":
		t.Say("failed %s: %s", what, e.Message)
	}
}
