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

// Demo is the demo as it is run: night by night, of which there are Nights.
type Demo struct {
	Nights int
	// Live are the servers that stand for the services; nil where all is delivered.
	Live *Live
	cfg  DemoConfig
	now  func() time.Time
}

// OpenDemo begins a demo in a folder, which must be empty; live starts the servers.
func OpenDemo(dir string, cfg DemoConfig, nights int, live bool, now func() time.Time) (_ *Demo, err error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, zones.Usage("%s is not empty: the demo makes a lake of its own", dir)
	}
	if nights < 1 || nights > DemoNights {
		return nil, zones.Usage("--nights %d: the demo has %d", nights, DemoNights)
	}
	d := &Demo{Nights: nights, cfg: cfg, now: now}
	if live {
		d.Live, err = NewLive(cfg, now)
	}
	return d, err
}

// Close stops the servers.
func (d *Demo) Close() error {
	if d.Live == nil {
		return nil
	}
	return d.Live.Close()
}

// Clock is that of a night, which begins at its evening and goes on from now.
func (d *Demo) Clock(night int) (evening time.Time, clock func() time.Time) {
	evening, started := demoTime(d.cfg, night), d.now()
	return evening, func() time.Time { return evening.Add(d.now().Sub(started)) }
}

// Land lands what every source's demo delivers on one night, and with the first night the catalog of names.
// What servers give is left to whoever asks them.
func (d *Demo) Land(ctx context.Context, w *zones.Writer, night int, run string) error {
	if night == 1 {
		for name, text := range DemoCatalog(d.cfg) {
			if err := replaceFile(w, w.Path("catalog", name), text); err != nil {
				return err
			}
		}
	}
	for _, source := range Sources() {
		if source.Demo == nil {
			continue
		}
		for delivery := range source.Demo(d.cfg) {
			if delivery.Night != night || d.Live != nil && Fetched(source, delivery.Stream) {
				continue
			}
			if err := landDelivery(ctx, w, source.Name, delivery, run); err != nil {
				return fmt.Errorf("demo %s/%s: %w", source.Name, delivery.Stream, err)
			}
		}
	}
	return nil
}

// Try is what to ask the demo's lake.
func (d *Demo) Try(dir string) string {
	return fmt.Sprintf(`
try next:
  bedrot --lake %[1]s query "select sale_month, sum(gross_usd) from curated.royalties group by all order by all"
  bedrot --lake %[1]s status
  bedrot --lake %[1]s rejects
  bedrot --lake %[1]s tables curated.royalties
  bedrot --lake %[1]s lineage curated.royalties --where "sale_month = '2024-01' and store = 'Deezer'"`, dir)
}

// demoTime is the time of a demo night, after everything captured on it.
func demoTime(cfg DemoConfig, night int) time.Time {
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
