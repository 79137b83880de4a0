package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"net/url"
	"strings"

	"bedrot/extract/api"
)

// metaText is a string or number as text.
func metaText(value json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(value, &text) == nil && !bytes.Equal(value, []byte("null")) {
		return text, true
	}
	var number json.Number
	if json.Unmarshal(value, &number) == nil && number != "" {
		return number.String(), true
	}
	return "", false
}

// pages asks for a list page by page, each checked before it is kept in a file of the drop. The address of
// the next page, which the service gives, has the token in it: it is neither followed nor kept. What is
// too much is asked for by fewer rows at a time.
func (m *meta) pages(ctx context.Context, drop *Drop, file, kind, address string, query url.Values, check func(map[string]json.RawMessage) error) error {
	reach := m.reached(kind)
	var seed maphash.Hash
	seen := map[uint64]bool{}
	query.Del("after")
	for {
		query.Set("limit", fmt.Sprint(reach.rows))
		answer, err := m.client.Do(ctx, api.Request{URL: address, Query: query})
		if fault, ok := api.As(err); ok && reach.fewer(fault) {
			m.session.Log.Info("asks for fewer rows", "of", kind, "rows", reach.rows, "because", fault.Error())
			continue
		}
		if err != nil {
			return err
		}
		page, after, err := metaPage(answer, check)
		if err != nil {
			return err
		}
		if err := drop.Page(file, page); err != nil {
			return err
		}
		if after == "" {
			return nil
		}
		seed.Reset()
		_, _ = seed.WriteString(after) // never fails
		switch sum := seed.Sum64(); {
		case seen[sum]:
			return api.Shape("a cursor that goes on", "one that came before")
		case len(seen) == metaPages:
			return api.Shape("a list that ends", "more than %d pages", metaPages)
		default:
			seen[sum] = true
		}
		query.Set("after", after)
	}
}

// fewer rows may help against a page that is too large, and against an error that the service does not know
// itself, once. They do not against a report that takes too long.
func (r *metaReach) fewer(fault *api.Fault) bool {
	switch {
	case r.rows <= metaFewest:
		return false
	case fault.Kind == api.TooMuch && (fault.Code == "" || fault.Code == "1" || strings.HasPrefix(fault.Code, "1/")):
	case fault.Code == "1/99" && !r.eased:
		r.eased = true
	default:
		return false
	}
	r.rows = max(metaFewest, r.rows/2)
	return true
}

func (m *meta) reached(kind string) *metaReach {
	if m.reach[kind] == nil {
		m.reach[kind] = &metaReach{rows: metaRows}
	}
	return m.reach[kind]
}

// metaPage checks a page and takes the addresses of its neighbours out of it. The last page has a cursor
// like the others, and no next.
func metaPage(answer *api.Answer, check func(map[string]json.RawMessage) error) (page json.RawMessage, after string, err error) {
	var told struct {
		Data   *[]map[string]json.RawMessage `json:"data"`
		Paging struct {
			Cursors struct {
				After string `json:"after"`
			} `json:"cursors"`
			Next string `json:"next"`
		} `json:"paging"`
	}
	if err := answer.Decode(&told); err != nil {
		return nil, "", err
	}
	if told.Data == nil {
		return nil, "", api.Shape("a list data", "none")
	}
	for _, row := range *told.Data {
		if row == nil {
			return nil, "", api.Shape("objects in data", "null")
		}
		if err := check(row); err != nil {
			return nil, "", err
		}
	}
	if told.Paging.Next != "" && told.Paging.Cursors.After == "" {
		return nil, "", api.Shape("a cursor beside paging.next", "none")
	}
	var whole map[string]json.RawMessage
	if err := answer.Decode(&whole); err != nil {
		return nil, "", err
	}
	if _, there := whole["paging"]; there {
		cursors, _ := json.Marshal(map[string]any{"cursors": map[string]string{"after": told.Paging.Cursors.After}})
		whole["paging"] = cursors
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // what came, as it came
	if err := encoder.Encode(whole); err != nil {
		return nil, "", err
	}
	if told.Paging.Next != "" {
		after = told.Paging.Cursors.After
	}
	return text.Bytes(), after, nil
}
