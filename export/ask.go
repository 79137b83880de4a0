package export

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// AskSecret asks a person on a terminal for what nobody is to see, and leaves the terminal as it was, even
// where the person goes away.
func AskSecret(ctx context.Context, in io.Reader, out io.Writer, question string) (string, error) {
	file, ok := in.(*os.File)
	if !ok {
		return "", fmt.Errorf("ask %q: there is no terminal", question)
	}
	before, err := term.GetState(int(file.Fd()))
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(out, question); err != nil {
		return "", err
	}
	type answer struct {
		text []byte
		err  error
	}
	given := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(int(file.Fd()))
		given <- answer{text, err}
	}()
	select {
	case a := <-given:
		_, _ = io.WriteString(out, "\n")
		return string(a.text), a.err
	case <-ctx.Done():
		_ = term.Restore(int(file.Fd()), before) // the line may still come, to nobody
		_, _ = io.WriteString(out, "\n")
		return "", context.Cause(ctx)
	}
}
