package build

import (
	"context"
	"fmt"
	"strings"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

// checkTable runs the checks of a table's header on what was rebuilt. One that fails and blocks puts
// the published state back.
func (r *run) checkTable(ctx context.Context, st *state) error {
	blocked := ""
	note := func(name string, warn bool, value, limit string, failed bool, sample string) {
		severity := "error"
		if warn {
			severity = "warn"
		}
		r.noteCheck(st.script, name, severity, value, limit, failed, sample)
		if failed && !warn && blocked == "" {
			blocked = fmt.Sprintf("%s: %s", name, sample)
		}
	}
	var rows, fresh int64
	for _, part := range st.manifest.Parts {
		rows += part.Rows
		if st.fresh[part.File] {
			fresh += part.Rows
		}
	}
	if fresh > 0 {
		if err := r.rowsAndKey(ctx, st, note); err != nil {
			return err
		}
	}
	if least := st.script.Header.MinRows; least > 0 {
		note("rows", false, fmt.Sprint(rows), fmt.Sprintf(">= %d", least), rows < least, fmt.Sprintf("%d rows, at least %d are expected", rows, least))
	}
	if blocked != "" {
		return r.keep(st, blocked)
	}
	return nil
}

type noteFunc func(name string, warn bool, value, limit string, failed bool, sample string)

// rowsAndKey tells, of the rebuilt parts, how many rows make a check false, and how many keys several rows
// share. The other parts were looked at when they were built.
func (r *run) rowsAndKey(ctx context.Context, st *state, note noteFunc) error {
	checks, doubles := st.script.Header.Checks, r.doubles(st)
	found := make([]int64, len(checks)+1)
	from := " from " + r.relation(st, true)
	if !st.flawless {
		if err := r.countFlaws(ctx, st, from, doubles, found); err != nil {
			return err
		}
	}
	for i, check := range checks {
		sample := ""
		if found[i] > 0 {
			row, err := r.sample(ctx, "select *"+from+" where ("+check.Expr+") is false")
			if err != nil {
				return err
			}
			sample = fmt.Sprintf("%s, such as %s", rowsText(found[i]), row)
		}
		note(check.Name(), check.Warn, fmt.Sprint(found[i]), "0", found[i] > 0, sample)
	}
	if doubles == "" {
		return nil
	}
	count, sample := found[len(checks)], ""
	if count > 0 {
		row, err := r.sample(ctx, doubles)
		if err != nil {
			return err
		}
		sample = fmt.Sprintf("%d keys occur more than once, such as %s", count, row)
	}
	note("key: "+strings.Join(st.script.Header.Key, ", "), false, fmt.Sprint(count), "0", count > 0, sample)
	return nil
}

// countFlaws counts in one pass what each check finds, and after these the double keys.
func (r *run) countFlaws(ctx context.Context, st *state, from, doubles string, found []int64) error {
	var counts []string
	var dest []any
	for i, check := range st.script.Header.Checks {
		counts, dest = append(counts, "count(*) filter (where ("+check.Expr+") is false)"), append(dest, &found[i])
	}
	if len(counts) == 0 {
		from = ""
	}
	if doubles != "" {
		counts, dest = append(counts, "(select count(*) from ("+doubles+"))"), append(dest, &found[len(found)-1])
	}
	if len(counts) == 0 {
		return nil
	}
	query, fresh := "select "+strings.Join(counts, ", ")+from, r.files(st, func(part zones.Part) bool { return st.fresh[part.File] })
	var args []any
	if list := duck.List(fresh); strings.Contains(query, list) { // an open parameter spares planning it twice
		query, args = strings.Replace(query, list, "$1", 1), []any{fresh}
	}
	return r.DB.Scan(ctx, query, func(scan func(...any) error) error { return scan(dest...) }, args...)
}

// doubles selects the keys that several rows share; NULLs count as equal. Where the partition is part
// of the key, equal keys can only meet inside a rebuilt part.
func (r *run) doubles(st *state) string {
	key := st.script.Header.Key
	if len(key) == 0 {
		return ""
	}
	return "select " + duck.Idents(key) + ", count(*) as rows from " + r.relation(st, partitionInKey(st.script)) + " group by " + duck.Idents(key) + " having count(*) > 1"
}

func rowsText(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// sample is one offending row as text; the least by value, so that it is the same every time.
func (r *run) sample(ctx context.Context, query string) (string, error) {
	var text string
	err := r.DB.One(ctx, `select min("offending row"::json::varchar) from (`+query+`) as "offending row"`, &text)
	return text, err
}

func (r *run) noteCheck(s *script.Script, name, severity, value, limit string, failed bool, sample string) {
	status := "pass"
	if failed {
		status = "fail"
	}
	r.Journal.Add(zones.Event{
		Kind: "check", Table: s.Table, Check: name, Severity: severity, Value: value, Limit: limit, Message: sample, Code: status,
	})
	if !failed {
		return
	}
	message, next := s.Table+": "+name+": "+sample, "bedrot lineage "+s.Table
	if s.Kind == script.CheckScript {
		message = strings.TrimSuffix(strings.TrimPrefix(s.Header.Grain, "One row per "), ".") + ": " + sample
	}
	if s.Kind == script.CheckScript || severity != "error" {
		next = fmt.Sprintf("bedrot query \"from meta.checks where table_name = '%s'\"", s.Table)
	}
	r.find(Finding{Blocks: severity == "error", Error: zones.Error{
		Code: "check_failed", Severity: severity, Source: s.Source, Step: "check", Table: s.Table, Where: s.Path, What: message,
		Rule: name, Expected: limit, Found: value, Next: next,
	}})
}

// checkScripts runs the 90_check scripts for which this table is the last input to be built. A failing
// one keeps the table's published state.
func (r *run) checkScripts(ctx context.Context, st *state) error {
	for _, check := range r.ripe[st.script.Table] {
		if st.stale != "" || st.manifest == nil || !r.inputsChanged(check) {
			continue
		}
		contents := told(r.inputContents(check))
		if r.Catalog.Barren(check, contents) {
			r.noteCheck(check, "script", check.Header.Severity, "0", "0", false, "")
			continue
		}
		if err := r.show(ctx, check, plan{whole: true}); err != nil {
			return fmt.Errorf("%s: %w", check.Path, err)
		}
		count, err := r.DB.Count(ctx, check.SQL)
		if err != nil {
			return fmt.Errorf("%s: %w", check.Path, err)
		}
		sample := ""
		if count == 0 {
			r.Catalog.SetBarren(check, contents)
		} else {
			row, err := r.sample(ctx, check.SQL)
			if err != nil {
				return fmt.Errorf("%s: %w", check.Path, err)
			}
			sample = fmt.Sprintf("%s, such as %s", rowsText(count), row)
		}
		r.noteCheck(check, "script", check.Header.Severity, fmt.Sprint(count), "0", count > 0, sample)
		if count > 0 && check.Header.Severity == "error" && st.script.Kind != script.Raw {
			if err := r.keep(st, check.Path+": "+sample); err != nil {
				return err
			}
		}
	}
	return nil
}

// ripening lists the checks by the table with which all that they read is built.
func ripening(c *script.Catalog) map[string][]*script.Script {
	place := map[string]int{}
	for i, s := range c.Scripts {
		place[s.Table] = i
	}
	ripe := map[string][]*script.Script{}
	for _, check := range c.Checks {
		last := -1
		for _, input := range c.RealInputs(check) {
			if at, known := place[script.BaseTable(input)]; known {
				last = max(last, at)
			}
		}
		if last >= 0 && check.Disabled == nil {
			ripe[c.Scripts[last].Table] = append(ripe[c.Scripts[last].Table], check)
		}
	}
	return ripe
}

func (r *run) inputsChanged(check *script.Script) bool {
	for _, input := range r.Catalog.RealInputs(check) {
		st := r.states[script.BaseTable(input)]
		if st == nil || st.manifest == nil {
			return false
		}
		if st.previous == nil || st.previous.Content != st.manifest.Content || st.previous.Script != st.manifest.Script {
			return true
		}
	}
	return r.opts.Full
}
