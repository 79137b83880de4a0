//go:build !unix

package postgres

import (
	"errors"
	"io"
	"os"
)

// pipe is a file that is read once it has been written: this system has no named pipes that DuckDB could
// open.
type pipe struct {
	path string
	done chan struct{}
	file *os.File
}

func newPipe(path string) (*pipe, error) { return &pipe{path: path, done: make(chan struct{})}, nil }

func (p *pipe) Read(b []byte) (n int, err error) {
	<-p.done
	if p.file == nil {
		if p.file, err = os.Open(p.path); errors.Is(err, os.ErrNotExist) {
			return 0, io.EOF
		} else if err != nil {
			return 0, err
		}
	}
	return p.file.Read(b)
}

// written is told when nothing more will be written.
func (p *pipe) written() error { close(p.done); return nil }

func (p *pipe) remove() (err error) {
	if p.file != nil {
		err = p.file.Close()
	}
	if removed := os.Remove(p.path); !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	return err
}
