package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bedrot/sql/query"
)

// down asks what stands on something, as table → partitions and rows.
func (l *lake) down(what string) map[string]query.StandingStep {
	l.t.Helper()
	var standing query.Standing
	if err := json.Unmarshal([]byte(l.ok("--json", "lineage", "--down", what).out), &standing); err != nil {
		l.t.Fatal(err)
	}
	steps := map[string]query.StandingStep{}
	for _, step := range standing.Steps {
		steps[step.Table] = step
	}
	return steps
}

// TestWhatStandsOnADrop: of two statements the first still has January, the second has February; what is
// told to stand on the second is what moves once it is withdrawn.
func TestWhatStandsOnADrop(t *testing.T) {
	t.Parallel()
	l := manyNightsOn(t, allSources)
	ids := l.query("select drop_id from meta.drops where source = 'distrokid' order by all")
	if len(ids) != 2 {
		t.Fatal(ids)
	}
	first, second := l.down(ids[0][0]), l.down(ids[1][0])
	for _, want := range []struct {
		steps     map[string]query.StandingStep
		table     string
		partition string
		rows      int64
	}{
		{first, "raw.distrokid__bank", "main,2025-01", 2},
		{first, "staging.distrokid__sales", "2025-01", 2},
		{first, "curated.royalties", "2025-01", 1}, // two equal lines of one sale are a row with line_count 2
		{second, "raw.distrokid__bank", "main,2025-02", 1},
		{second, "staging.distrokid__sales", "2025-02", 1},
		{second, "curated.royalties", "2025-02", 1},
	} {
		step := want.steps[want.table]
		if !slices.Equal(step.Partitions, []string{want.partition}) || step.Rows != want.rows {
			t.Errorf("%s: %+v, want %d rows in %s", want.table, step, want.rows, want.partition)
		}
	}
	if totals, ok := second["curated.royalty_totals"]; !ok || totals.Partitions != nil || len(totals.Checks) == 0 {
		t.Errorf("a table that is built whole stands on it whole, and is checked: %+v", totals)
	}
	if _, ok := second["curated.streams_daily"]; ok {
		t.Error("streams stand on a statement")
	}

	before := l.state()
	l.ok("drops", "withdraw", ids[1][0])
	l.ok("run")
	moved := 0
	for _, name := range differences(before, l.state()) {
		table, key, isPart := strings.Cut(name, " ")
		step, told := second[table]
		if moved++; !told || isPart && step.Partitions != nil && !slices.Contains(step.Partitions, key) {
			t.Errorf("%s moved, and was not told to stand on the drop: %+v", name, step)
		}
	}
	if moved < 5 {
		t.Errorf("only %d things moved", moved)
	}
	if s := l.ok("lineage", "--down", ids[1][0]); !strings.Contains(s.out, "nothing: no row of it stands") {
		t.Error(s.out)
	}
}

// TestEveryReaderStandsOnItsInputs wants of every table what the catalog says of its readers.
func TestEveryReaderStandsOnItsInputs(t *testing.T) {
	l := manyNightsOn(t, allSources)
	catalog := embeddedCatalog(t)
	audience := l.down("raw.spotify__audience")
	for _, want := range []string{"staging.spotify__audience_daily", "staging.spotify__streams", "feeds.streams", "curated.streams_daily", "curated.artists"} {
		if audience[want].Table == "" {
			t.Errorf("%s does not stand on the audience", want)
		}
	}
	for _, s := range catalog.Scripts {
		for _, input := range catalog.RealInputs(s) {
			if audience[input].Table != "" && audience[s.Table].Depth <= audience[input].Depth {
				t.Errorf("%s (%d) reads %s (%d)", s.Table, audience[s.Table].Depth, input, audience[input].Depth)
			}
		}
	}
	l.want(1, []string{"there is no table", "bedrot tables"}, "lineage", "--down", "curated.nosuch")
	l.want(1, []string{"names no drop"}, "lineage", "--down", "20200101T000000Z-000000000000")
	l.want(2, []string{"only mermaid"}, "lineage", "curated.royalties", "-o", "png")
}

// TestLineageIsDrawn checks the drawing as a graph: every edge joins nodes that are there, text is
// harmless, and the way leads from the file to the table.
func TestLineageIsDrawn(t *testing.T) {
	t.Parallel()
	l := manyNightsOn(t, allSources)
	up := l.ok("lineage", "curated.royalties", "-o", "mermaid").out
	nodes, edges := drawing(t, up)
	want := []string{"bank_20250301_000000.tsv", "raw.distrokid__bank", "staging.distrokid__sales", "curated.royalties"}
	at := ""
	for _, text := range want {
		next := ""
		for id, label := range nodes {
			if strings.HasPrefix(label, text+"<br/>") {
				next = id
			}
		}
		if next == "" || at != "" && !slices.Contains(edges[at], next) {
			t.Errorf("the drawing does not lead to %s:\n%s", text, up)
		}
		at = next
	}
	if _, edges := drawing(t, l.ok("lineage", "--down", "raw.distrokid__bank", "-o", "mermaid").out); len(edges) < 5 {
		t.Errorf("only %d nodes have something on them", len(edges))
	}
	hostile := query.Lineage{Steps: []query.LineageStep{{Table: "raw.x"}}, Lines: []query.SourceLine{{Table: "raw.x", Drop: "d", File: "a\"]; click n1 \"javascript:alert(1)\"\n<script>.csv"}}}
	if text := hostile.Mermaid(); strings.Count(text, "\"") != 4 || strings.Contains(text, "<script>") || strings.Count(text, "\n") != 4 {
		t.Errorf("a file's name steers the drawing:\n%s", text)
	}
}

func drawing(t *testing.T, text string) (nodes map[string]string, edges map[string][]string) {
	t.Helper()
	nodes, edges = map[string]string{}, map[string][]string{}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if lines[0] != "flowchart LR" {
		t.Fatalf("no flowchart:\n%s", text)
	}
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line)
		var from, to string
		if n, _ := fmt.Sscanf(line, "%s --> %s", &from, &to); n == 2 {
			if nodes[from] == "" || nodes[to] == "" {
				t.Errorf("%s joins what is not there", line)
			}
			edges[from] = append(edges[from], to)
			continue
		}
		id, label, ok := strings.Cut(line, `["`)
		if !ok || !strings.HasSuffix(label, `"]`) {
			t.Fatalf("neither node nor edge: %s", line)
		}
		nodes[id] = strings.TrimSuffix(label, `"]`)
	}
	return nodes, edges
}
