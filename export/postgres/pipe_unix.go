//go:build unix

package postgres

import (
	"errors"
	"os"
	"syscall"
)

// pipe is a named pipe that DuckDB writes as if it were a file. It is held open for writing here too, so
// that opening it never waits for DuckDB and the end comes when DuckDB says it is done.
type pipe struct {
	read, held *os.File
	path       string
}

func newPipe(path string) (*pipe, error) {
	if err := errors.Join(ignoreMissing(os.Remove(path)), syscall.Mkfifo(path, 0o600)); err != nil {
		return nil, err
	}
	read, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	held, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, errors.Join(err, read.Close())
	}
	return &pipe{read: read, held: held, path: path}, nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (p *pipe) Read(b []byte) (int, error) { return p.read.Read(b) }

// written is told when nothing more will be written.
func (p *pipe) written() error { return p.held.Close() }

func (p *pipe) remove() error { return errors.Join(p.read.Close(), ignoreMissing(os.Remove(p.path))) }
