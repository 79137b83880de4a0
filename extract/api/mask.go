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
	secrets []string
}

// Add makes values secret, as they are and as addresses and headers write them. Values of less than four
// characters are none: they would blacken every text.
func (m *Mask) Add(values ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, value := range values {
		if len(value) < 4 {
			continue
		}
		for _, form := range []string{
			value, url.QueryEscape(value), url.PathEscape(value),
			base64.StdEncoding.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte(":" + value)),
		} {
			if !slices.Contains(m.secrets, form) {
				m.secrets = append(m.secrets, form)
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

// Holds reports whether the text has a secret in it.
func (m *Mask) Holds(text string) bool { return m.Text(text) != text }

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
	if text := value.String(); h.mask.Holds(text) {
		return slog.String(a.Key, h.mask.Text(text))
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
