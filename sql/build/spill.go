package build

import (
	"os"
	"path/filepath"
	"sync"
	"time"
)

// spillWatch looks twice a second at how much DuckDB has written to its spill folder. What it saw at
// most is a lower bound: DuckDB removes spilled blocks as soon as it can.
type spillWatch struct {
	dir  string
	most int64
	end  chan struct{}
	done sync.WaitGroup
}

func watchSpill(scratch string, every time.Duration) *spillWatch {
	w := &spillWatch{dir: filepath.Join(scratch, "spill"), end: make(chan struct{})}
	w.done.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-w.end:
				return
			case <-ticker.C:
				w.look()
			}
		}
	})
	return w
}

func (w *spillWatch) look() {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return
	}
	var sum int64
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			sum += info.Size()
		}
	}
	w.most = max(w.most, sum)
}

// stop ends the watch and returns the most that was seen, in bytes.
func (w *spillWatch) stop() *int64 {
	close(w.end)
	w.done.Wait()
	w.look()
	return &w.most
}
