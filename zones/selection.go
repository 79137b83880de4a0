package zones

import (
	"fmt"
	"strings"
)

// Selection chooses sources, streams and accounts. Its zero value is all of them.
type Selection struct {
	Only, Except []Pattern
}

// Pattern is source[/stream][:account]; an empty part fits everything.
type Pattern struct{ Source, Stream, Account string }

func (p Pattern) String() string {
	text := p.Source
	if p.Stream != "" {
		text += "/" + p.Stream
	}
	if p.Account != "" {
		text += ":" + p.Account
	}
	return text
}

func (p Pattern) fits(source, stream, account string) bool {
	fit := func(want, have string) bool { return want == "" || want == have }
	return fit(p.Source, source) && fit(p.Stream, stream) && fit(p.Account, account)
}

// ParsePattern reads source[/stream][:account].
func ParsePattern(text string) (Pattern, error) {
	place, account, named := strings.Cut(text, ":")
	source, stream, deeper := strings.Cut(place, "/")
	p := Pattern{source, stream, account}
	if CheckName("source", source) != nil || deeper && CheckName("stream", stream) != nil || named && CheckName("account", account) != nil {
		return p, fmt.Errorf("%q: write source, source/stream, source:account or source/stream:account", text)
	}
	return p, nil
}

// ParseSelection reads the patterns of --only and --except.
func ParseSelection(only, except []string) (s Selection, err error) {
	for _, list := range []struct {
		texts []string
		into  *[]Pattern
	}{{only, &s.Only}, {except, &s.Except}} {
		for _, text := range list.texts {
			p, err := ParsePattern(text)
			if err != nil {
				return s, err
			}
			*list.into = append(*list.into, p)
		}
	}
	return s, nil
}

// All reports whether nothing is left out.
func (s Selection) All() bool { return len(s.Only) == 0 && len(s.Except) == 0 }

// Has reports whether an account's stream is chosen: by some pattern of Only, if there are any, and by
// none of Except.
func (s Selection) Has(source, stream, account string) bool {
	for _, p := range s.Except {
		if p.fits(source, stream, account) {
			return false
		}
	}
	for _, p := range s.Only {
		if p.fits(source, stream, account) {
			return true
		}
	}
	return len(s.Only) == 0
}
