package extract

import (
	"slices"
	"time"

	"bedrot/zones"
)

// Ask is one thing to fetch: a stream as it is now, or its days from Since to Until, both included.
type Ask struct {
	Stream       Stream
	Since, Until time.Time // UTC midnights; zero for a picture of the moment
	// Newest is when the newest drop of the stream was captured; zero when there is none.
	Newest time.Time
	// NewestDay is the last day that drop held, where a delivery said so; empty when nobody did.
	NewestDay string
}

// Days is the window as a pair of dates, empty without one.
func (a Ask) Days() (since, until string) {
	if a.Since.IsZero() {
		return "", ""
	}
	return a.Since.Format(time.DateOnly), a.Until.Format(time.DateOnly)
}

// Backfill is a window that somebody asked for; zero bounds are open.
type Backfill struct{ Since, Until time.Time }

// ParseBackfill reads the bounds of a backfill; empty ones are open.
func ParseBackfill(since, until string) (b Backfill, err error) {
	for i, text := range []string{since, until} {
		if text == "" {
			continue
		}
		if *[]*time.Time{&b.Since, &b.Until}[i], err = time.Parse(time.DateOnly, text); err != nil {
			return b, zones.Usage("%q is no date: write 2025-05-22", text)
		}
	}
	if !b.Until.IsZero() && b.Until.Before(b.Since) {
		return b, zones.Usage("--until %s is before --since %s", until, since)
	}
	return b, nil
}

// covered is what a drop has asked for, and when.
type covered struct {
	since, until time.Time
	at           time.Time
	last         string // the newest day it holds, where that was told
}

// plan says what to ask of a stream. A day is asked for again until a drop taken LookBack days after it
// holds it, and not sooner than Every after it was asked for last: so restated days, missed nights, the
// first load of a history and a backfill that was broken off are one and the same thing.
func plan(stream Stream, have []covered, now time.Time, want Backfill, again bool) []Ask {
	fetch := stream.Fetch
	if !fetch.windowed() {
		fresh := slices.ContainsFunc(have, func(c covered) bool { return now.Sub(c.at) < fetch.every() })
		if fresh && !again {
			return nil
		}
		return []Ask{{Stream: stream}}
	}
	today := midnight(now.UTC())
	first, last := today.AddDate(0, 0, -fetch.History), today
	if !want.Since.IsZero() && want.Since.After(first) {
		first = midnight(want.Since.UTC())
	}
	if !want.Until.IsZero() && want.Until.Before(last) {
		last = midnight(want.Until.UTC())
	}
	var asks []Ask
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		if !again && settled(day, fetch, have, now) {
			continue
		}
		if n := len(asks); n > 0 && asks[n-1].Until.AddDate(0, 0, 1).Equal(day) && (fetch.Chunk == 0 || days(asks[n-1]) < fetch.Chunk) {
			asks[n-1].Until = day
			continue
		}
		asks = append(asks, Ask{Stream: stream, Since: day, Until: day})
	}
	slices.Reverse(asks) // the newest days first: they are what people wait for
	return asks
}

func days(a Ask) int { return int(a.Until.Sub(a.Since).Hours()/24) + 1 }

// settled says that a day need not be asked for: its figures change no more since a drop holds it, or
// it was asked for a short while ago.
func settled(day time.Time, fetch *Fetch, have []covered, now time.Time) bool {
	final := day.AddDate(0, 0, fetch.LookBack)
	for _, c := range have {
		if day.Before(c.since) || day.After(c.until) {
			continue
		}
		if !c.at.Before(final) || now.Sub(c.at) < fetch.every() {
			return true
		}
	}
	return false
}

// begin is when an ask of a stream is begun. Drops are told apart by their bytes and the second they were
// captured in, so two windows that have nothing in them must not be asked for in the same one: the
// second of them would pass for known, and be asked for night after night.
func (s *Session) begin(stream string) time.Time {
	at := s.Now().UTC().Truncate(time.Second)
	if next := s.began[stream].Add(time.Second); at.Before(next) {
		at = next
	}
	if s.began == nil {
		s.began = map[string]time.Time{}
	}
	s.began[stream] = at
	return at
}

// coverage reads what was asked for off the drops of an account's stream. Drops older than the oldest day
// that matters say nothing, so the work stays bounded however long the lake lives.
func coverage(lake *zones.Lake, source, account string, stream Stream, now time.Time) ([]covered, error) {
	oldest := midnight(now.UTC()).AddDate(0, 0, -stream.Fetch.History).Add(-stream.Fetch.every())
	ids, err := lake.DropIDs(source, stream.Name, account)
	if err != nil {
		return nil, err
	}
	var have []covered
	for _, id := range slices.Backward(ids) {
		if taken, err := time.Parse("20060102T150405Z", id[:16]); err != nil || taken.Before(oldest) {
			break
		}
		drop, err := lake.ReadDrop(source, stream.Name, account, id)
		if err != nil {
			return nil, err
		}
		if drop.Origin != originExtract {
			continue
		}
		c := covered{at: drop.AsOf, last: drop.Labels["last_date"]}
		if drop.Since != "" {
			if c.since, err = time.Parse(time.DateOnly, drop.Since); err != nil {
				continue
			}
			if c.until, err = time.Parse(time.DateOnly, drop.Until); err != nil {
				continue
			}
		}
		have = append(have, c)
	}
	return have, nil
}

// originExtract marks drops that a program fetched.
const originExtract = "extract"
