package read

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Excerpt makes a small file of some records of another: what stands above a header, the header, and the
// records, each value passed through change, which is told the column. The file is UTF-8, whatever the
// other was; a record that could not be read is passed through as a whole, under no column.
func Excerpt(ctx context.Context, m Member, spec Spec, records []int64, change func(column, value string) string) ([]byte, error) {
	s, err := Sniff(m)
	if err != nil {
		return nil, err
	}
	switch {
	case spec.Format == "json":
		return excerptJSON(ctx, m, spec, s, records, change)
	case spec.Format != "csv" || s.Kind == KindSheet || spec.blockTitle() != "":
		return nil, fmt.Errorf("%s is a page, a workbook or several tables: an excerpt can be made of delimited text and JSON only", m.Name)
	}
	h, missing := spec.locate(s.Lines)
	if h == nil {
		return nil, spec.missingColumns(s.Lines, missing)
	}
	in, closer, err := openText(m, s.Encoding)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }()
	var out strings.Builder
	for _, line := range s.Lines[:h.line] {
		out.WriteString(change("", line) + "\n")
	}
	out.WriteString(strings.TrimPrefix(s.Lines[h.line], "\ufeff") + "\n")
	reader := newRecordReader(ctx, in, h, Limits{}.withDefaults().MaxRecordBytes)
	for n := int64(1); n <= slices.Max(records); n++ {
		rec, err := reader.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(records, n) {
			continue
		}
		if rec.problem != "" {
			out.WriteString(change("", rec.text) + "\n")
			continue
		}
		fields := make([]string, len(rec.fields))
		for i, value := range rec.fields {
			fields[i] = h.written(change(h.names[i], value))
		}
		out.WriteString(strings.Join(fields, h.delim) + "\n")
	}
	return []byte(out.String()), nil
}

// written is a value as the file of the header writes it.
func (h *header) written(value string) string {
	literal := h.delim == "\t" && !h.quoted
	if !literal && (h.quoted || strings.ContainsAny(value, h.delim+"\"\r\n")) {
		return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	}
	return value
}

func excerptJSON(ctx context.Context, m Member, spec Spec, s Sniffed, records []int64, change func(column, value string) string) ([]byte, error) {
	rules, err := parseRecords(spec.Records)
	if err != nil {
		return nil, err
	}
	var document any
	n := int64(0)
	_, err = eachElement(ctx, m, rules, s.Encoding, func(e element) error {
		if n++; slices.Contains(records, n) {
			document = placed(document, e.path, e.columns, changed(e.value, "", change))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(document, "", " ")
	return append(text, '\n'), err
}

// placed puts a record where its path leads.
func placed(document any, path []segment, columns map[string]string, record any) any {
	switch {
	case len(path) == 0:
		return record
	case path[0].each:
		list, _ := document.([]any)
		if len(path) > 1 && len(list) > 0 {
			list[len(list)-1] = placed(list[len(list)-1], path[1:], columns, record)
			return list
		}
		return append(list, placed(nil, path[1:], columns, record))
	}
	object, _ := document.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	name := path[0].name
	if path[0].column != "" {
		name = columns[path[0].column]
	}
	object[name] = placed(object[name], path[1:], columns, record)
	return object
}

func changed(value any, name string, change func(column, value string) string) any {
	switch value := value.(type) {
	case string:
		return change(name, value)
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = changed(item, name, change)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, member := range value {
			object[key] = changed(member, key, change)
		}
		return object
	}
	return value
}
