package read

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

const (
	maxDepth    = 100
	maxDocument = 64 << 20 // of a page or of JSON that is one document
	recordField = "record"
	extraField  = "extra"
)

// rule is one alternative of a records expression: `[/anchor/] path & path … [per member] [as names]`.
type rule struct {
	anchor *regexp.Regexp
	paths  [][]segment
	per    string    // the member, a list, of whose items each is a record with the members around it
	names  []segment // where the names of records that are arrays stand
}

// segment is one step of a path: a key, any key or one of some (kept in a column), or every element of
// an array.
type segment struct {
	name   string
	column string
	among  []string
	each   bool
}

func (s segment) takes(key string) bool {
	if s.column != "" {
		return len(s.among) == 0 || slices.Contains(s.among, key)
	}
	return s.name == key && !s.each
}

// parseRecords reads `/anchor/ a.{chart}.b[] & {part=total,sum} | data[] per values | rows[] as columnHeaders[].name`.
func parseRecords(expression string) ([]rule, error) {
	var rules []rule
	for rest := strings.TrimSpace(expression); rest != ""; {
		var r rule
		if strings.HasPrefix(rest, "/") {
			end := strings.Index(rest[1:], "/ ")
			if end < 0 {
				return nil, fmt.Errorf("records: the anchor is not closed: %s", rest)
			}
			anchor, err := regexp.Compile(rest[1 : end+1])
			if err != nil {
				return nil, fmt.Errorf("records: %w", err)
			}
			r.anchor, rest = anchor, strings.TrimSpace(rest[end+2:])
		}
		text, more, _ := strings.Cut(rest, " | ")
		rest = strings.TrimSpace(more)
		text, names, named := strings.Cut(text, " as ")
		if named {
			r.names = parsePath(names)
		}
		text, r.per, _ = strings.Cut(text, " per ")
		r.per = strings.TrimSpace(r.per)
		for _, path := range strings.Split(text, " & ") {
			r.paths = append(r.paths, parsePath(path))
		}
		rules = append(rules, r)
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("records: is empty")
	}
	return rules, nil
}

func parsePath(text string) []segment {
	var path []segment
	for _, step := range strings.Split(strings.TrimSpace(text), ".") {
		name := strings.TrimRight(step, "[]")
		switch inner, isColumn := strings.CutPrefix(name, "{"); {
		case isColumn:
			column, among, some := strings.Cut(strings.TrimSuffix(inner, "}"), "=")
			s := segment{column: column}
			if some {
				s.among = strings.Split(among, ",")
			}
			path = append(path, s)
		case name != "" && name != "$":
			path = append(path, segment{name: name})
		}
		for range strings.Count(step, "[]") {
			path = append(path, segment{each: true})
		}
	}
	return path
}

// columns are what the rules name, beside the record itself.
func columnsOf(rules []rule) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, r := range rules {
		if r.anchor != nil {
			for _, name := range r.anchor.SubexpNames() {
				add(name)
			}
		}
		for _, path := range r.paths {
			for _, step := range path {
				add(step.column)
			}
		}
	}
	return names
}

// element is one record found.
type element struct {
	record  string
	value   any // the same, decoded
	path    []segment
	columns map[string]string
	problem string
	offset  int64 // in the decoded text
}

func prepareJSON(ctx context.Context, m Member, spec Spec, s Sniffed, scratch string, limits Limits) (Table, error) {
	rules, err := parseRecords(spec.Records)
	if err != nil {
		return Table{}, err
	}
	names := columnsOf(rules)
	t := Table{Member: m, Source: map[string]string{recordField: "c0"}, Extra: map[string]string{}, Fields: fieldNames(1 + len(names))}
	t.Layout = Layout{Encoding: s.Encoding, BOM: s.BOM}
	for i, name := range names {
		t.Source[name] = t.Fields[i+1]
	}
	if len(spec.Columns) > 0 {
		t.Fields = append(t.Fields, extraField)
		t.ExtraField = extraField
	}
	out, err := newCanonical(scratch, len(t.Fields))
	if err != nil {
		return t, err
	}
	name, err := PrivateKey(m, spec.Refuse)
	if err := errors.Join(err, spec.private(name)); err != nil {
		return t, errors.Join(err, out.discard())
	}
	keys := spec.newKeys()
	there, err := eachElement(ctx, m, rules, s.Encoding, func(e element) error {
		row := []string{e.record}
		for _, name := range names {
			row = append(row, e.columns[name])
		}
		if t.ExtraField != "" {
			extra, err := keys.add(e.value)
			if err != nil {
				return err
			}
			row = append(row, extra)
		}
		problem := e.problem
		if int64(len(e.record)) > limits.MaxRecordBytes {
			problem = fmt.Sprintf("the record is longer than %d bytes", limits.MaxRecordBytes)
		}
		return out.write(row, problem)
	})
	if err != nil {
		return t, errors.Join(err, out.discard())
	}
	if out.records == 0 && there { // the lists are there and empty: an answer, too
		return t, out.finish(&t, spec)
	}
	if out.records == 0 {
		return t, errors.Join(reject("records", "nothing in the file is what %q describes", spec.Records), out.discard())
	}
	if missing := keys.missing(); len(missing) > 0 {
		return t, errors.Join(reject("columns", "no record has %s", strings.Join(quoteAll(missing), ", ")), out.discard())
	}
	t.ExtraNames = keys.undeclared()
	return t, out.finish(&t, spec)
}

// keys are the members of the records of a file, held against those the spec declares.
type keys struct {
	declared map[string]bool // → optional
	seen     map[string]bool
}

func (s Spec) newKeys() *keys {
	k := &keys{declared: map[string]bool{}, seen: map[string]bool{}}
	for _, column := range s.Columns {
		for _, name := range column.Names {
			k.declared[name] = column.Optional
		}
	}
	return k
}

// add notes a record's keys and returns those nobody declared, as JSON.
func (k *keys) add(value any) (string, error) {
	record, ok := value.(map[string]any)
	if !ok {
		return "", nil
	}
	extra := map[string]any{}
	for name, member := range record {
		k.seen[name] = true
		if _, known := k.declared[name]; !known {
			extra[name] = member
		}
	}
	if len(extra) == 0 {
		return "", nil
	}
	return encode(extra)
}

func (k *keys) missing() []string {
	var names []string
	for name, optional := range k.declared {
		if !optional && !k.seen[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (k *keys) undeclared() []string {
	var names []string
	for name := range k.seen {
		if _, known := k.declared[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func encode(value any) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// eachElement finds the records by the first rule that leads to any. It reports whether the places of
// records are there, even if they hold none.
func eachElement(ctx context.Context, m Member, rules []rule, encoding string, each func(element) error) (there bool, err error) {
	for _, r := range rules {
		if there && slices.ContainsFunc(r.paths, func(path []segment) bool { return len(path) == 0 }) {
			return there, nil // an empty list is no record by itself
		}
		found := 0
		count := func(e element) error {
			if found++; found%4096 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return each(e)
		}
		read := func(path []segment, names []string, each func(element) error) error {
			in, closer, err := openText(m, encoding)
			if err != nil {
				return err
			}
			if r.anchor != nil {
				err = anchored(in, r.anchor, path, each)
			} else {
				var found bool
				found, err = documents(in, path, names, each)
				there = there || found
			}
			return errors.Join(err, closer.Close())
		}
		var names []string
		if r.names != nil {
			err := read(r.names, nil, func(e element) error {
				name, _ := e.value.(string)
				names = append(names, name)
				return nil
			})
			if err != nil {
				return there, err
			}
			if len(names) == 0 { // what nothing names are no records
				continue
			}
			there = true // an empty list may be left out
		}
		for _, path := range r.paths {
			onPath := func(e element) error {
				e.path = path
				return r.apart(e, count)
			}
			if err := read(path, names, onPath); err != nil {
				return there, err
			}
		}
		if found > 0 {
			return true, nil
		}
	}
	return there, nil
}

// apart hands out an element once for each item of the member that the rule names; one without such a
// list stays whole.
func (r rule) apart(e element, each func(element) error) error {
	object, _ := e.value.(map[string]any)
	list, isList := object[r.per].([]any)
	if r.per == "" || !isList {
		return each(e)
	}
	for _, item := range list {
		one := maps.Clone(object)
		one[r.per] = item
		text, err := encode(one)
		if err != nil {
			return err
		}
		e.record, e.value = text, one
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// anchored takes the JSON value after each match of the anchor in a text.
func anchored(in io.Reader, anchor *regexp.Regexp, path []segment, each func(element) error) error {
	text, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	if err != nil {
		return err
	}
	if len(text) > maxDocument {
		return reject("records", "the page is larger than %d bytes", maxDocument)
	}
	for _, m := range anchor.FindAllSubmatchIndex(text, -1) {
		columns := map[string]string{}
		for i, name := range anchor.SubexpNames() {
			if name != "" && m[2*i] >= 0 {
				columns[name] = string(text[m[2*i]:m[2*i+1]])
			}
		}
		value, start := balanced(text, m[1])
		line := int64(1 + bytes.Count(text[:m[1]], []byte("\n")))
		if value == nil {
			return &Rejected{Code: "json", Reason: "the data after " + string(text[m[0]:m[1]]) + " does not end", Line: line}
		}
		standard, err := hujson.Standardize(bytes.Clone(value))
		if err != nil {
			return &Rejected{Code: "json", Reason: "the data after " + string(text[m[0]:m[1]]) + " is no JSON: " + err.Error(), Line: line}
		}
		w := &walker{decoder: json.NewDecoder(bytes.NewReader(standard)), base: int64(start), each: each}
		w.decoder.UseNumber()
		if err := w.walk(path, columns); err != nil {
			return jsonError(err, line)
		}
	}
	return nil
}

func jsonError(err error, line int64) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Rejected{Code: "json", Reason: "the JSON is damaged: " + err.Error(), Line: line}
	}
	return err
}

// balanced is the object or array that begins at or after a position, brackets inside strings apart.
func balanced(text []byte, from int) (value []byte, start int) {
	for start = from; start < len(text) && strings.IndexByte(" \t\r\n", text[start]) >= 0; start++ {
	}
	if start == len(text) || text[start] != '{' && text[start] != '[' {
		return nil, start
	}
	depth, quoted := 0, false
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return text[start : i+1], start
			}
		}
	}
	return nil, start
}

// documents walks one JSON document, or several one after another as in NDJSON. Arrays on the path are
// streamed: no more than one element is held.
func documents(in io.Reader, path []segment, names []string, each func(element) error) (there bool, err error) {
	w := &walker{decoder: json.NewDecoder(in), names: names, each: each}
	w.decoder.UseNumber()
	for {
		err := w.walk(path, map[string]string{})
		if errors.Is(err, io.EOF) {
			return w.there, nil
		}
		if err != nil {
			return w.there, jsonError(err, 0)
		}
	}
}

// walker follows a path through a stream of tokens.
type walker struct {
	decoder *json.Decoder
	base    int64
	names   []string // of the members of records that are arrays
	there   bool     // a list of records, perhaps an empty one
	each    func(element) error
}

func (w *walker) walk(path []segment, columns map[string]string) error {
	if len(path) == 0 {
		return w.emit(columns)
	}
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	delim, isDelim := token.(json.Delim)
	if !isDelim {
		return nil
	}
	if delim == '[' {
		w.there = w.there || path[0].each && len(path) == 1
		for w.decoder.More() {
			if path[0].each {
				err = w.walk(path[1:], columns)
			} else {
				err = w.skip()
			}
			if err != nil {
				return err
			}
		}
	} else {
		err = w.object(path, columns)
	}
	if err == nil {
		_, err = w.decoder.Token()
	}
	return unexpected(err)
}

func (w *walker) object(path []segment, columns map[string]string) error {
	for w.decoder.More() {
		token, err := w.decoder.Token()
		if err != nil {
			return unexpected(err)
		}
		name, _ := token.(string)
		if step := path[0]; step.takes(name) {
			if step.column != "" {
				columns[step.column] = name
			}
			err = w.walk(path[1:], columns)
		} else {
			err = w.skip()
		}
		if err != nil {
			return unexpected(err)
		}
	}
	return nil
}

// unexpected: inside a value, the end of the file is damage.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (w *walker) skip() error {
	_, _, err := w.value(0)
	return unexpected(err)
}

func (w *walker) emit(columns map[string]string) error {
	before := w.decoder.InputOffset()
	value, problem, err := w.value(0)
	if err != nil || value == nil { // null is no record
		return err
	}
	if list, ok := value.([]any); ok && w.names != nil {
		if len(list) != len(w.names) {
			problem = firstOf(problem, fmt.Sprintf("%d values where %d are named", len(list), len(w.names)))
		}
		record := map[string]any{}
		for i, name := range w.names[:min(len(w.names), len(list))] {
			record[name] = list[i]
		}
		value = record
	}
	text, err := encode(value)
	if err != nil {
		return err
	}
	return w.each(element{record: text, value: value, columns: columns, problem: problem, offset: w.base + before})
}

// value reads one value with every number as the text it was, and says what is wrong with it: a key
// twice in one object, or nesting beyond reason.
func (w *walker) value(depth int) (value any, problem string, err error) {
	token, err := w.decoder.Token()
	if err != nil {
		return nil, "", err
	}
	if depth > maxDepth {
		return nil, "", reject("json", "the JSON is nested deeper than %d", maxDepth)
	}
	delim, isDelim := token.(json.Delim)
	if !isDelim {
		if number, ok := token.(json.Number); ok {
			return number.String(), "", nil
		}
		return token, "", nil
	}
	if delim == '[' {
		list := []any{}
		for w.decoder.More() {
			item, wrong, err := w.value(depth + 1)
			if err != nil {
				return nil, "", unexpected(err)
			}
			list, problem = append(list, item), firstOf(problem, wrong)
		}
		_, err = w.decoder.Token()
		return list, problem, unexpected(err)
	}
	object := map[string]any{}
	for w.decoder.More() {
		token, err := w.decoder.Token()
		if err != nil {
			return nil, "", unexpected(err)
		}
		name, _ := token.(string)
		item, wrong, err := w.value(depth + 1)
		if err != nil {
			return nil, "", unexpected(err)
		}
		if _, twice := object[name]; twice {
			wrong = firstOf(wrong, fmt.Sprintf("the key %q occurs twice", name))
		}
		object[name], problem = item, firstOf(problem, wrong)
	}
	_, err = w.decoder.Token()
	return object, problem, unexpected(err)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
