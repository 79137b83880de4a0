package extract

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bedrot/zones"
)

// DemoNight lands what every source's demo delivers on one night, and with the first night the catalog
// of names. It returns the time of the night, which stands in for the clock.
//
// With live, what servers give is left to whoever asks them.
func DemoNight(ctx context.Context, w *zones.Writer, cfg DemoConfig, night int, run string, live bool) error {
	if night == 1 {
		for name, text := range DemoCatalog(cfg) {
			if err := replaceFile(w, w.Path("catalog", name), text); err != nil {
				return err
			}
		}
	}
	for _, source := range Sources() {
		if source.Demo == nil {
			continue
		}
		for delivery := range source.Demo(cfg) {
			if delivery.Night != night || live && Fetched(source, delivery.Stream) {
				continue
			}
			if err := landDelivery(ctx, w, source.Name, delivery, run); err != nil {
				return fmt.Errorf("demo %s/%s: %w", source.Name, delivery.Stream, err)
			}
		}
	}
	return nil
}

// DemoTime is the time of a demo night, after everything captured on it.
func DemoTime(cfg DemoConfig, night int) time.Time {
	return cfg.withDefaults().asOf(night).Add(12 * time.Hour)
}

func replaceFile(w *zones.Writer, path, text string) error {
	draft := filepath.Join(w.Scratch.Dir, filepath.Base(path))
	if err := w.Files.WriteFile(draft, []byte(text)); err != nil {
		return err
	}
	if err := os.Chmod(draft, 0o640); err != nil {
		return err
	}
	return w.Files.Rename(draft, path)
}

func landDelivery(ctx context.Context, w *zones.Writer, source string, d Delivery, run string) (err error) {
	path := filepath.Join(w.Scratch.Dir, "delivery")
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(path)) }()
	buffered := bufio.NewWriterSize(file, 64<<10)
	err = errors.Join(d.Write(buffered), buffered.Flush(), file.Close())
	if err != nil {
		return err
	}
	drop := zones.Drop{
		Run: run, Source: source, Stream: d.Stream, Account: d.Account, AsOf: d.AsOf, AsOfFrom: "answer", Origin: "demo",
	}
	_, err = w.Land(ctx, zones.Delivery{Drop: drop, Paths: []string{path}, Names: []string{d.Name}}, d.AsOf)
	return err
}
