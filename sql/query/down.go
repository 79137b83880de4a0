package query

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bedrot/sql/script"
	"bedrot/zones"
)

// Standing is what stands on a table or on a drop.
type Standing struct {
	On    string         `json:"on"` // the table, or source/stream:account drop ID
	Steps []StandingStep `json:"steps"`
}

// StandingStep is one table that reads, directly or through others, what was asked about.
type StandingStep struct {
	Table string   `json:"table"`
	Depth int      `json:"depth"`
	Reads []string `json:"reads"` // tables of the answer that it reads
	// Partitions are those whose rows may come from it; nil is all of them.
	Partitions []string `json:"partitions,omitempty"`
	Rows       int64    `json:"rows"`             // in those partitions
	Checks     []string `json:"checks,omitempty"` // check scripts that read the table
}

var dropIDPattern = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{1,12}$`)

// Down tells what stands on a table or a drop, nearest first. Of a drop only what it still wins counts:
// where tables are built by partition, only the partitions that its rows can be in.
func (s *Session) Down(catalog *script.Catalog, what string) (Standing, error) {
	if s.Version == nil {
		return Standing{}, &zones.Error{Code: "version_unknown", What: "nothing has been published yet", Where: what, Next: "bedrot run"}
	}
	d := &standing{Session: s, catalog: catalog, reached: map[string]*StandingStep{}, sets: map[string][][]string{}}
	if dropIDPattern.MatchString(what) {
		return d.drop(what)
	}
	made := catalog.Script(script.BaseTable(what))
	if made == nil || made.Kind == script.CheckScript {
		return Standing{}, &zones.Error{Code: "table_unknown", What: "there is no table " + what, Next: "bedrot tables"}
	}
	d.reached[made.Table] = &StandingStep{Table: made.Table, Rows: s.Version.Tables[made.Table].Rows}
	return Standing{On: what, Steps: d.walk(made.Table)}, nil
}

type standing struct {
	*Session
	catalog *script.Catalog
	reached map[string]*StandingStep
	sets    map[string][][]string // values of partition columns, where not all partitions count
}

func (d *standing) drop(id string) (Standing, error) {
	drop, err := d.Lake.FindDrop(id)
	if err != nil {
		return Standing{}, err
	}
	table := "raw." + drop.Source + "__" + drop.Stream
	manifest, err := d.Version.Table(table)
	if err != nil {
		return Standing{}, err
	}
	result := Standing{On: drop.Where() + " drop " + drop.ID, Steps: []StandingStep{}}
	if manifest == nil {
		return result, nil
	}
	step := &StandingStep{Table: table, Partitions: []string{}}
	sets := [][]string{}
	for _, winner := range manifest.Winners {
		if winner.Drop == drop.ID && winner.Values[0] == drop.Account {
			step.Rows += winner.Rows
			step.Partitions = append(step.Partitions, winner.Key)
			sets = append(sets, winner.Values)
		}
	}
	if len(sets) == 0 {
		return result, nil
	}
	d.reached[table], d.sets[table] = step, sets
	result.Steps = d.walk(table)
	return result, nil
}

// walk visits the scripts in their order, inputs before readers, so that each is seen once.
func (d *standing) walk(from string) []StandingStep {
	steps := []StandingStep{}
	for _, s := range d.catalog.Scripts {
		if s.Table == from {
			steps = append(steps, *d.reached[from])
			continue
		}
		if step := d.reader(s); step != nil {
			d.reached[s.Table] = step
			steps = append(steps, *step)
		}
	}
	for i := range steps {
		for _, check := range d.catalog.Checks {
			if slices.ContainsFunc(check.Inputs, func(input string) bool { return script.BaseTable(input) == steps[i].Table }) {
				steps[i].Checks = append(steps[i].Checks, check.Path)
			}
		}
	}
	slices.SortStableFunc(steps, func(a, b StandingStep) int { return a.Depth - b.Depth })
	return steps
}

// reader is a table's step when it reads anything that was reached.
func (d *standing) reader(s *script.Script) *StandingStep {
	inputs := s.Inputs
	if s.Kind == script.Feed {
		inputs = s.Members
	}
	var step *StandingStep
	narrowed, sets := true, [][]string{}
	for _, input := range inputs {
		input = script.BaseTable(input)
		read := d.reached[input]
		if read == nil {
			continue
		}
		if step == nil {
			step = &StandingStep{Table: s.Table, Depth: read.Depth + 1}
		}
		step.Depth = max(step.Depth, read.Depth+1)
		step.Reads = append(step.Reads, input)
		values, some := d.sets[input]
		names := d.partition(input)
		if !some || !s.Narrow && s.Kind != script.Feed {
			narrowed = false
			continue
		}
		for _, set := range values {
			if picked, ok := pick(d.partitionOf(s, names), names, set); ok {
				sets = append(sets, picked)
			} else {
				narrowed = false
			}
		}
	}
	if step == nil {
		return nil
	}
	if narrowed {
		d.sets[s.Table] = sets
	}
	d.count(s, step)
	return step
}

// partition is a table's partition columns; a feed's are those its members have in common.
func (d *standing) partition(table string) []string {
	s := d.catalog.Script(table)
	if s.Kind != script.Feed || len(s.Members) == 0 {
		return s.Header.Partition
	}
	return d.catalog.Script(s.Members[0]).Header.Partition
}

// partitionOf are the columns by which a reader is narrowed to what changed in its inputs.
func (d *standing) partitionOf(s *script.Script, inputs []string) []string {
	if s.Kind == script.Feed {
		return inputs
	}
	return s.NarrowBy
}

// pick takes the values of some columns; not ok when one is missing.
func pick(want, names, values []string) ([]string, bool) {
	if len(want) == 0 {
		return nil, false
	}
	picked := make([]string, len(want))
	for i, name := range want {
		at := slices.Index(names, name)
		if at < 0 {
			return nil, false
		}
		picked[i] = values[at]
	}
	return picked, true
}

// count sums up the rows of the partitions in question.
func (d *standing) count(s *script.Script, step *StandingStep) {
	sets, some := d.sets[s.Table]
	if s.Kind == script.Feed {
		for _, read := range step.Reads {
			step.Rows += d.reached[read].Rows
		}
		return
	}
	if !some {
		step.Rows = d.Version.Tables[s.Table].Rows
		return
	}
	manifest, err := d.Version.Table(s.Table)
	if err != nil || manifest == nil {
		return
	}
	step.Partitions = []string{}
	found := [][]string{}
	for _, part := range manifest.Parts {
		values, _ := pick(d.partitionOf(s, nil), s.Header.Partition, part.Values)
		if slices.ContainsFunc(sets, func(set []string) bool { return slices.Equal(set, values) }) {
			step.Partitions = append(step.Partitions, part.Key)
			step.Rows += part.Rows
			found = append(found, part.Values)
		}
	}
	d.sets[s.Table] = found
}

// Mermaid draws the answer as a flowchart.
func (st Standing) Mermaid() string {
	var g graph
	for _, step := range st.Steps {
		label := []string{step.Table, rowsText(step.Rows)}
		if step.Partitions != nil {
			label = append(label, fmt.Sprintf("%d partitions", len(step.Partitions)))
		}
		g.node(step.Table, label...)
	}
	for _, step := range st.Steps {
		for _, read := range step.Reads {
			g.edge(read, step.Table)
		}
		for _, check := range step.Checks {
			g.node(check, "check", check)
			g.edge(step.Table, check)
		}
	}
	return g.String()
}

// Mermaid draws the way from the lines to the table as a flowchart.
func (l Lineage) Mermaid() string {
	var g graph
	for _, step := range l.Steps {
		g.node(step.Table, step.Table, rowsText(step.Rows))
	}
	for _, step := range l.Steps {
		if step.Reader != "" {
			g.edge(step.Table, step.Reader)
		}
	}
	lines := map[string]int{}
	var order []string
	for _, line := range l.Lines {
		key := line.Table + " " + line.Drop + " " + line.File
		if lines[key]++; lines[key] == 1 {
			order = append(order, key)
		}
	}
	for _, key := range order {
		parts := strings.SplitN(key, " ", 3)
		text := "1 line"
		if n := lines[key]; n > 1 {
			text = fmt.Sprintf("%d lines", n)
		}
		g.node(key, parts[2], "drop "+parts[1], text)
		g.edge(key, parts[0])
	}
	return g.String()
}

func rowsText(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// graph is a Mermaid flowchart; names are numbered, because Mermaid's own are letters and digits.
type graph struct {
	ids          map[string]string
	nodes, edges []string
}

// quoted makes any text safe inside a quoted label of a flowchart.
var quotedLabel = strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "\n", " ", "\r", " ")

func (g *graph) node(name string, label ...string) {
	if g.ids == nil {
		g.ids = map[string]string{}
	}
	if g.ids[name] != "" {
		return
	}
	g.ids[name] = fmt.Sprintf("n%d", len(g.ids)+1)
	for i := range label {
		label[i] = quotedLabel.Replace(label[i])
	}
	g.nodes = append(g.nodes, fmt.Sprintf("    %s[\"%s\"]", g.ids[name], strings.Join(label, "<br/>")))
}

func (g *graph) edge(from, to string) {
	line := "    " + g.ids[from] + " --> " + g.ids[to]
	if !slices.Contains(g.edges, line) {
		g.edges = append(g.edges, line)
	}
}

func (g *graph) String() string {
	return "flowchart LR\n" + strings.Join(append(g.nodes, g.edges...), "\n") + "\n"
}
