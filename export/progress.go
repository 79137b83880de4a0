package export

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// IsTerminal reports whether a stream is a terminal, where progress and tables are wanted.
func IsTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Progress shows on a terminal what is being worked on, from the first second on; elsewhere it is
// silent.
type Progress struct {
	mu  sync.Mutex
	bar *progressbar.ProgressBar
	end chan struct{}
}

// NewProgress starts showing progress on out; Step names the work, Stop wipes the line.
func NewProgress(out io.Writer, show bool) *Progress {
	p := &Progress{end: make(chan struct{})}
	if !show || !IsTerminal(out) {
		return p
	}
	p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(out), progressbar.OptionSpinnerType(14),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetElapsedTime(true), progressbar.OptionThrottle(100*time.Millisecond))
	go p.spin()
	return p
}

func (p *Progress) spin() {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for started := time.Now(); ; {
		select {
		case <-p.end:
			return
		case <-ticker.C:
			if time.Since(started) > time.Second {
				p.mu.Lock()
				_ = p.bar.Add(1)
				p.mu.Unlock()
			}
		}
	}
}

// Step names what is being worked on.
func (p *Progress) Step(text string) {
	if p.bar == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.Describe(text)
}

// Stop ends the display.
func (p *Progress) Stop() {
	if p.bar == nil {
		return
	}
	close(p.end)
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.bar.Finish()
}
