package extract

import (
	"os"
	"sync"
	"testing"
	"time"

	"bedrot/extract/browser"
)

// shared is the one Chromium of the package's tests.
var shared struct {
	once   sync.Once
	engine *browser.Engine
	err    error
	dir    string
}

// chromium starts it when the first test needs it.
func chromium(t *testing.T) *browser.Engine {
	t.Helper()
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "bedrot-test-"); shared.err == nil {
			shared.engine, shared.err = browser.Start(t.Context(), browser.Options{Driver: os.Getenv("BEDROT_PLAYWRIGHT"), Scratch: shared.dir, Step: 5 * time.Second})
		}
	})
	if shared.err != nil {
		t.Skip(shared.err)
	}
	return shared.engine
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.engine != nil {
		_ = shared.engine.Close()
	}
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}
