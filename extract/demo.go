package extract

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// DemoConfig says how much invented data to write. The same configuration gives the same bytes.
type DemoConfig struct {
	// Seed of everything random.
	Seed uint64
	// Scale of the money: a bank file has about Scale × 2,000 lines. Zero means 1.
	Scale int
	// Months of history, at least 6. Zero means 18.
	Months int
	// Start is the first reporting month. Zero means February 2024.
	Start time.Time
}

// Delivery is one file as a person or an extractor would bring it.
type Delivery struct {
	// Night is when it is brought, from 1 on; AsOf is when the source said it.
	Night   int
	AsOf    time.Time
	Account string
	Stream  string
	// Name is the file's name, which for some sources is all that says the artist.
	Name string
	// Write writes the file's bytes in one pass and keeps little in memory, however large it is.
	Write func(io.Writer) error
}

// DemoNights is how many nights the demo lasts; deliveries come on each of them.
const DemoNights = 4

const demoAccount = "main"

// withDefaults fills in what the zero value leaves open.
func (c DemoConfig) withDefaults() DemoConfig {
	if c.Scale <= 0 {
		c.Scale = 1
	}
	if c.Months == 0 {
		c.Months = 18
	}
	c.Months = max(c.Months, 6)
	if c.Start.IsZero() {
		c.Start = time.Date(2024, time.February, 1, 0, 0, 0, 0, time.UTC)
	}
	c.Start = time.Date(c.Start.Year(), c.Start.Month(), 1, 0, 0, 0, 0, time.UTC)
	return c
}

// lastMonth is the newest reporting month (0-based) that exists on a night; on the last night that is
// all of them.
func (c DemoConfig) lastMonth(night int) int { return c.Months - 1 - DemoNights + night }

// asOf is the hour of a night's captures.
func (c DemoConfig) asOf(night int) time.Time {
	return c.Start.AddDate(0, c.lastMonth(night), 27).Add(9 * time.Hour)
}

// chance gives a generator for one named thing, so that it is the same in every file it appears in.
func (c DemoConfig) chance(kind string, n int) *rand.Rand {
	mixed := c.Seed
	for _, b := range []byte(kind) {
		mixed = (mixed ^ uint64(b)) * 0x100000001b3
	}
	return rand.New(rand.NewPCG(mixed, uint64(n)))
}

// demoArtist is an artist under the names the sources use.
type demoArtist struct {
	name    string // in the catalog and at DistroKid
	spotify string // in the names of Spotify's files
	share   string // of the owner
	daily   float64
}

// demoArtists are the label's.
func demoArtists() []demoArtist {
	return []demoArtist{
		{name: "ZONE A0", spotify: "zone_a0", share: "0.88", daily: 2400},
		{name: "PIG1987", spotify: "PIG1987", share: "1", daily: 700},
	}
}

// demoStranger appears on statements only, with a recording the catalog does not list: it resolves to
// nothing.
const demoStranger = "ZONE A0 & STRANGER"

type demoTrack struct {
	artist           int
	title, isrc, upc string
	released         time.Time
}

// tracks grow with the square root of the scale: 10 at scale 1, 1,000 at scale 10,000.
func (c DemoConfig) tracks() []demoTrack {
	titles := []string{
		"GLASS HARBOR", "LOW ORBIT", "PAPER TIGERS", "NIGHT SHIFT", "SALT & STATIC",
		"WHO IS LEFT?", "RED MERIDIAN", "HOLLOW CITY", "OVERGROWN", "LAST TRAIN HOME",
	}
	count := 10 * int(math.Round(math.Sqrt(float64(c.Scale))))
	tracks := make([]demoTrack, count)
	for i := range tracks {
		title := fmt.Sprintf("%s %d", titles[i%len(titles)], i/len(titles)+1)
		if i < len(titles) {
			title = titles[i]
		}
		tracks[i] = demoTrack{
			artist:   i % 3 % len(demoArtists()),
			title:    title,
			isrc:     fmt.Sprintf("QZXXX24%05d", i+1),
			upc:      fmt.Sprintf("%013d", 190000000000+i/2),
			released: c.Start.AddDate(0, -6, 14*(i%40)),
		}
	}
	return tracks
}

// elsewhere is a version of a recording that is with another distributor than DistroKid: their catalogues
// do not overlap, but for the first recording, which was delivered twice.
func (c DemoConfig) elsewhere(i int) demoTrack {
	track := c.tracks()[i]
	if i > 0 {
		track.title += " (REMIX)"
		track.isrc = fmt.Sprintf("QZXXX23%05d", i+1)
		track.upc = fmt.Sprintf("%013d", 180000000000+i)
	}
	return track
}

// streamsOn is how often an artist was really streamed on Spotify on a day; what reporters say of it
// differs.
func (c DemoConfig) streamsOn(artist int, day time.Time) int {
	streams := c.organicOn(artist, day)
	if working := c.metaCampaigns()[1]; artist == 1 && working.runs(c, day) {
		streams *= 1 + c.Effects().Uplift
	}
	return int(streams)
}

// organicOn is that without the campaign that works.
func (c DemoConfig) organicOn(artist int, day time.Time) float64 {
	age := day.Sub(c.Start).Hours() / 24
	trend := 1 + 0.6*age/float64(30*c.Months)
	return c.interestOn(artist, day) * max(trend, 0.1)
}

// interestOn is what all platforms have in common: how much an artist is listened to on a day, but for
// what a platform gains or loses over the years.
func (c DemoConfig) interestOn(artist int, day time.Time) float64 {
	number := int(day.Unix() / 86400)
	week := 1 + 0.15*math.Sin(2*math.Pi*float64(number%7)/7)
	noise := 0.85 + 0.3*c.chance("streams", number*16+artist).Float64()
	return demoArtists()[artist].daily * week * noise
}

// appleOn is how often an artist was streamed on Apple Music, which shrinks, at a twentieth of its streams
// on Spotify when the label began.
func (c DemoConfig) appleOn(artist int, day time.Time) int {
	months := day.Sub(c.Start).Hours() / 24 / 365.25 * 12
	return int(c.interestOn(artist, day) / 20 * math.Pow(1+c.Effects().MonthlyChange, months))
}

// trackOn is how often a track of PIG1987's was streamed on Spotify: the one of the campaign that works has
// all that it brings.
func (c DemoConfig) trackOn(track int, day time.Time) int {
	streams := c.organicOn(1, day) * c.Effects().TrackShare
	if c.tracks()[track].title == c.metaCampaigns()[1].track {
		streams += float64(c.streamsOn(1, day)) - c.organicOn(1, day)
	}
	return int(streams)
}

func isoDay(day time.Time) string { return day.Format("2006-01-02") }

// midnight is the day of an instant.
func midnight(at time.Time) time.Time { return at.Truncate(24 * time.Hour) }

// text is a delivery's Write for small files.
func text(make func() string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, strings.NewReader(make()))
		return err
	}
}
