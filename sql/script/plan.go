package script

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bedrot/sql/duck"
	"bedrot/zones"
)

// Schemas of the planning database and of every session.
var Schemas = []string{"raw", "staging", "curated", "feeds", "meta"}

// plan finds inputs, orders the scripts, and types every table in an empty database.
func (l *loader) plan(ctx context.Context) error {
	l.hashAll()
	if err := l.checkMacros(ctx); err != nil {
		return err
	}
	for _, s := range l.all {
		if s.Disabled != nil {
			continue
		}
		if err := l.parse(ctx, s); err != nil {
			return err
		}
	}
	l.joinFeeds()
	l.order()
	for _, s := range l.For(l.tracing).Scripts {
		l.linked[s.Table] = true
	}
	for _, s := range slices.Concat(l.Scripts, l.Checks) {
		if err := l.typeScript(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// checkMacros installs macros that no earlier load has found well.
func (l *loader) checkMacros(ctx context.Context) error {
	key := keyOf(l.program, l.macros)
	if _, known := l.memory.Parsed[key]; known {
		l.memory.used[key] = true
		return nil
	}
	if err := l.open(ctx); err != nil || l.faults() > 0 {
		return err
	}
	l.memory.Parsed[key] = parsed{}
	l.memory.used[key], l.memory.changed = true, true
	return nil
}

// faults is how many have been found so far.
func (l *loader) faults() int { return len(l.problems) + len(l.Findings) }

var macroStatement = regexp.MustCompile(`(?is)^create\s+(or\s+replace\s+)?macro\s`)

// MacroStatements splits a macro file into its statements.
func MacroStatements(text string) []string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			lines = append(lines, line)
		}
	}
	var statements []string
	for _, statement := range strings.Split(strings.Join(lines, "\n"), ";") {
		if statement = strings.TrimSpace(statement); statement != "" {
			statements = append(statements, statement)
		}
	}
	return statements
}

func (l *loader) installMacros(ctx context.Context, m *Script) error {
	for _, statement := range MacroStatements(m.SQL) {
		line := 1 + strings.Count(m.SQL[:max(strings.Index(m.SQL, statement), 0)], "\n")
		if !macroStatement.MatchString(statement) {
			l.fault(m, line, "a file in shared/ holds `create macro` statements only")
			continue
		}
		if err := l.refused(ctx, m, line-1, l.db.Exec(ctx, statement)); err != nil {
			return err
		}
	}
	return nil
}

// refused turns DuckDB's refusal of a script into a fault at its line; other errors are returned.
func (l *loader) refused(ctx context.Context, s *Script, offset int, err error) error {
	var refusal *duck.Error
	if err == nil || ctx.Err() != nil || !errors.As(err, &refusal) {
		return err
	}
	line := 0
	if at := refusal.Line(); at > 0 {
		line = at + offset
	}
	l.fault(s, line, "%s%s", refusal.Message(), quoteLine(s.SQL, line))
	return nil
}

func quoteLine(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return "\n    " + strings.TrimSpace(lines[line-1])
}

// statement is a script without what may stand after its SELECT.
func statement(text string) string { return strings.TrimRight(strings.TrimSpace(text), ";") + "\n" }

// parse reads the statement: inputs, forbidden functions, the shape of raw scripts.
func (l *loader) parse(ctx context.Context, s *Script) error {
	if l.recallParse(s) {
		return nil
	}
	if err := l.open(ctx); err != nil {
		return err
	}
	key := l.parseKey(s)
	s.SQL = statement(s.SQL)
	tree, err := l.db.Parse(ctx, s.SQL)
	var wrong *duck.ParseError
	if errors.As(err, &wrong) {
		line := 0
		if wrong.Position >= 0 && wrong.Position <= len(s.SQL) {
			line = 1 + strings.Count(s.SQL[:wrong.Position], "\n")
		}
		l.fault(s, line, "%s%s", wrong.Message, quoteLine(s.SQL, line))
		return nil
	}
	if err != nil {
		return err
	}
	s.tree = tree
	l.readInputs(s, tree)
	l.lint(s, tree)
	if s.Kind == Raw {
		l.checkRawShape(s, tree.Node())
	}
	if s.Disabled == nil {
		l.keepParse(key, s)
	}
	return nil
}

func (l *loader) readInputs(s *Script, tree duck.Tree) {
	ctes := map[string]bool{}
	duck.Walk(tree, func(node map[string]any) {
		if entries, ok := node["cte_map"].(map[string]any); ok {
			list, _ := entries["map"].([]any)
			for _, entry := range list {
				if entry, ok := entry.(map[string]any); ok {
					name, _ := entry["key"].(string)
					ctes[strings.ToLower(name)] = true
				}
			}
		}
	})
	duck.Walk(tree, func(node map[string]any) {
		if node["type"] != "BASE_TABLE" {
			return
		}
		schema, _ := node["schema_name"].(string)
		table, _ := node["table_name"].(string)
		line := lineOf(s.SQL, node)
		switch {
		case schema == "" && ctes[strings.ToLower(table)], schema == "" && table == "landing" && s.Kind == Raw:
		case schema == "":
			l.fault(s, line, "reads %q: name its zone, as in staging.%s", table, table)
		default:
			if name := schema + "." + table; !slices.Contains(s.Inputs, name) {
				s.Inputs = append(s.Inputs, name)
			}
		}
	})
	slices.Sort(s.Inputs)
}

func lineOf(text string, node map[string]any) int {
	position := -1
	_, _ = fmt.Sscan(fmt.Sprint(node["query_location"]), &position)
	if position < 0 || position > len(text) {
		return 0
	}
	return 1 + strings.Count(text[:position], "\n")
}

var (
	changing  = []string{"now", "current_timestamp", "current_date", "today", "get_current_timestamp", "current_localtimestamp", "current_localtime", "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed", "any_value", "arbitrary", "nextval"}
	unordered = []string{"first", "last", "list", "array_agg", "string_agg", "group_concat", "listagg"}
)

// lint refuses what would make the same inputs give other rows another time.
func (l *loader) lint(s *Script, tree duck.Tree) {
	duck.Walk(tree, func(node map[string]any) {
		switch node["type"] {
		case "TABLE_FUNCTION":
			if name := functionName(node["function"]); name != "unnest" && name != "range" && name != "generate_series" {
				l.fault(s, lineOf(s.SQL, node), "reads %s(…): a script reads tables of the lake only", name)
			}
			return
		case "FUNCTION", "WINDOW_AGGREGATE":
		default:
			return
		}
		name, _ := node["function_name"].(string)
		name = strings.ToLower(name)
		line := lineOf(s.SQL, node)
		if slices.Contains(changing, name) {
			l.fault(s, line, "%s() gives another answer another time; the run's date is getvariable('run_date')", name)
		}
		orders, _ := node["order_bys"].(map[string]any)
		list, _ := orders["orders"].([]any)
		if slices.Contains(unordered, name) && len(list) == 0 {
			l.fault(s, line, "%s() without order by depends on the order of rows", name)
		}
		if name == "getvariable" {
			s.RunDate = true
		}
	})
}

func functionName(node any) string {
	object, _ := node.(map[string]any)
	name, _ := object["function_name"].(string)
	return strings.ToLower(name)
}

// checkRawShape holds a raw script to a plain select from landing, which is what makes it one row out
// per row in, in order. Steps before it, so that what several columns need is computed once, are plain
// selects, too, which add columns to all there are.
func (l *loader) checkRawShape(s *Script, node map[string]any) {
	from := []any{"landing"}
	steps := stepsOf(node)
	for _, step := range steps {
		step, _ := step.(map[string]any)
		value, _ := step["value"].(map[string]any)
		query, _ := value["query"].(map[string]any)
		inner, _ := query["node"].(map[string]any)
		if len(stepsOf(inner)) > 0 || !plainSelect(inner, from) || !selectsAll(inner) {
			l.fault(s, 0, "a step of a raw script is one plain `select *, … from landing` or from a step before it")
			return
		}
		from = append(from, step["key"])
	}
	if !plainSelect(node, from) {
		l.fault(s, 0, "a raw script is one plain `select … from landing`: one row out per row in, in order")
		return
	}
	if len(steps) > 0 && s.Header.Money != "" {
		l.fault(s, 0, "money: a script with steps has none")
		return
	}
	list, _ := node["select_list"].([]any)
	for _, item := range list {
		item, _ := item.(map[string]any)
		names, _ := item["column_names"].([]any)
		if item["alias"] == s.Header.Money && item["class"] == "COLUMN_REF" && len(names) == 1 {
			s.MoneySource, _ = names[0].(string)
		}
	}
	if s.Header.Money != "" && s.MoneySource == "" {
		l.fault(s, 0, "money: %s must be a column of the file, renamed and nothing else", s.Header.Money)
	}
}

// stepsOf are the common table expressions of a select.
func stepsOf(node map[string]any) []any {
	entries, _ := node["cte_map"].(map[string]any)
	steps, _ := entries["map"].([]any)
	return steps
}

// plainSelect reports whether a select maps each row of one of some relations to one row.
func plainSelect(node map[string]any, relations []any) bool {
	from, _ := node["from_table"].(map[string]any)
	empty := func(key string) bool {
		list, _ := node[key].([]any)
		return len(list) == 0
	}
	return node["type"] == "SELECT_NODE" && from["type"] == "BASE_TABLE" && slices.Contains(relations, from["table_name"]) &&
		node["where_clause"] == nil && node["having"] == nil && node["qualify"] == nil && node["sample"] == nil &&
		empty("group_expressions") && empty("modifiers")
}

// selectsAll reports whether a select passes on what it reads, the engine's own columns with it.
func selectsAll(node map[string]any) bool {
	list, _ := node["select_list"].([]any)
	return slices.ContainsFunc(list, func(item any) bool {
		column, _ := item.(map[string]any)
		return column["class"] == "STAR"
	})
}

// joinFeeds gives each feed its members and its readers a hash that knows them.
func (l *loader) joinFeeds() {
	for _, s := range l.all {
		if s.Header.Feeds == "" || s.Disabled != nil {
			continue
		}
		feed := l.byTable["feeds."+s.Header.Feeds]
		if feed == nil || feed.Kind != Feed {
			l.fault(s, 0, "feeds: %s: there is no sql/feeds/%s.sql", s.Header.Feeds, s.Header.Feeds)
			continue
		}
		feed.Members = append(feed.Members, s.Table)
	}
	for _, s := range l.all {
		if s.Kind != Feed {
			continue
		}
		slices.Sort(s.Members)
		for _, input := range s.Inputs {
			l.fault(s, 0, "reads %s: a feed's contract is a typed select without rows", input)
		}
		s.Inputs = s.Members
		s.Hash += "+" + strings.Join(s.Members, "+")
	}
}

// order sorts tables so that inputs come before readers, and sets checks apart.
func (l *loader) order() {
	var tables []*Script
	for _, s := range l.all {
		if s.Kind == CheckScript {
			l.Checks = append(l.Checks, s)
		} else {
			tables = append(tables, s)
		}
	}
	slices.SortFunc(tables, func(a, b *Script) int { return strings.Compare(a.Table, b.Table) })
	state := map[*Script]int{} // 1 open, 2 done
	var visit func(s *Script, path []string)
	visit = func(s *Script, path []string) {
		path = append(path, s.Table)
		if state[s] == 2 {
			return
		}
		if state[s] == 1 {
			l.fault(s, 0, "reads itself: %s", strings.Join(path[slices.Index(path, s.Table):], " ← "))
			return
		}
		state[s] = 1
		for _, input := range s.Inputs {
			if known := l.input(s, input); known != nil {
				visit(known, path)
			}
		}
		state[s] = 2
		l.Scripts = append(l.Scripts, s)
	}
	for _, s := range tables {
		visit(s, nil)
	}
	for _, s := range l.Checks {
		for _, input := range s.Inputs {
			l.input(s, input)
		}
	}
}

// input finds the script that makes an input; raw's side tables belong to the raw script.
func (l *loader) input(s *Script, name string) *Script {
	made := l.byTable[BaseTable(name)]
	if made == nil {
		l.fault(s, 0, "reads %s, which no script makes", name)
		return nil
	}
	if zoneRank[made.Kind] > zoneRank[s.Kind] {
		l.fault(s, 0, "a %s script reads %s: data flows raw → staging → feeds → curated", s.Kind, name)
	}
	return made
}

var zoneRank = map[Kind]int{Raw: 0, Staging: 1, Feed: 2, Curated: 3, CheckScript: 4}

// BaseTable is the table behind raw.x__history and raw.x__rejected.
func BaseTable(name string) string {
	if strings.HasPrefix(name, "raw.") {
		name = strings.TrimSuffix(strings.TrimSuffix(name, "__history"), "__rejected")
	}
	return name
}

// engineColumns are what the engine appends to every raw table.
var engineColumns = []zones.Column{
	{Name: "account", Type: "VARCHAR"},
	{Name: "_drop", Type: "VARCHAR"},
	{Name: "_file", Type: "VARCHAR"},
	{Name: "_row", Type: "BIGINT"},
	{Name: "_extra", Type: "JSON"},
}
