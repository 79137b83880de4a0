package zones

import (
	"fmt"
	"time"
)

// Recognised is a stream that a file belongs to, as its content and its name say.
type Recognised struct {
	Source, Stream string
	// AsOf is the capture time that the file says itself, From whether its content or its name does.
	AsOf time.Time
	From string
	// Missing are columns that only the file's name could hold and does not, such as artist.
	Missing []string
	// Packed is the newest time that an archive says of its files.
	Packed time.Time
}

// Imported is what became of one file in one of its streams.
type Imported struct {
	Path    string
	Drop    *Drop
	Known   bool   // the same bytes were landed before
	Warning string // the capture time is only the clock's
	Skipped bool   // it belongs to what was not chosen
	Err     error
}

// Tally counts what became of imported files.
type Tally struct{ Files, Landed, Known, Skipped, Failed int }

// Count counts them.
func Count(files []Imported) Tally {
	t := Tally{Files: len(files)}
	for _, file := range files {
		switch {
		case file.Err != nil:
			t.Failed++
		case file.Known:
			t.Known++
		case file.Skipped:
			t.Skipped++
		default:
			t.Landed++
		}
	}
	return t
}

// String is the tally in a line.
func (t Tally) String() string {
	return fmt.Sprintf("%d files: %d landed, %d already landed, %d not chosen, %d could not be placed", t.Files, t.Landed, t.Known, t.Skipped, t.Failed)
}
