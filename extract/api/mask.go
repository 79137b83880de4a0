package api

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const masked = "***"

// Mask knows the secrets of a run and takes them out of whatever is said.
type Mask struct {
	mu      sync.RWMutex
	secrets []string // and what is only hidden, the longest first
	hidden  map[string]bool
}

// Add makes values secret, as they are and as addresses and headers write them. Values of less than four
// characters are none: they would blacken every text.
func (m *Mask) Add(values ...string) { m.add(false, 4, values) }

// Hide takes values out of texts, too, but they are no reason to refuse what holds them: all that a browser
// remembers beside its login. Values of less than eight characters are too common.
func (m *Mask) Hide(values ...string) { m.add(true, 8, values) }

func (m *Mask) add(hide bool, least int, values []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hidden == nil {
		m.hidden = map[string]bool{}
	}
	for _, value := range values {
		if len(value) < least {
			continue
		}
		for _, form := range []string{
			value, url.QueryEscape(value), url.PathEscape(value),
			base64.StdEncoding.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte(":" + value)),
		} {
			if !slices.Contains(m.secrets, form) {
				m.secrets = append(m.secrets, form)
				m.hidden[form] = hide
			} else if !hide {
				m.hidden[form] = false
			}
		}
	}
	slices.SortFunc(m.secrets, func(a, b string) int { return len(b) - len(a) })
}

// Text is the text without secrets.
func (m *Mask) Text(text string) string {
	if m == nil {
		return text
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, secret := range m.secrets {
		text = strings.ReplaceAll(text, secret, masked)
	}
	return text
}

// Holds reports whether the text has a secret in it, other than what is only hidden.
func (m *Mask) Holds(text string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.ContainsFunc(m.secrets, func(secret string) bool { return !m.hidden[secret] && strings.Contains(text, secret) })
}

// Log is a logger that says nothing secret.
func (m *Mask) Log(log *slog.Logger) *slog.Logger {
	return slog.New(maskHandler{log.Handler(), m})
}

type maskHandler struct {
	slog.Handler
	mask *Mask
}

func (h maskHandler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, h.mask.Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

func (h maskHandler) attr(a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		var inside []slog.Attr
		for _, member := range value.Group() {
			inside = append(inside, h.attr(member))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(inside...)}
	}
	text := value.String()
	if clean := h.mask.Text(text); clean != text {
		return slog.String(a.Key, clean)
	}
	return a
}

func (h maskHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return maskHandler{h.Handler.WithAttrs(clean), h.mask}
}

func (h maskHandler) WithGroup(name string) slog.Handler {
	return maskHandler{h.Handler.WithGroup(name), h.mask}
}
