package export

import (
	"io"
	"log/slog"
)

// Log is a logger for whoever runs the program: of warnings, or of all there is to tell.
func Log(out io.Writer, verbose, asJSON bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelWarn}
	if verbose {
		options.Level = slog.LevelDebug
	}
	if asJSON {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
