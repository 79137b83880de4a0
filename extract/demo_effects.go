package extract

import (
	"math"
	"time"
)

// DemoEffects is what the demo plants for the marts to find, and how large it truly is. What is not in
// here has no effect, and the marts must not see one.
type DemoEffects struct {
	// WorkingCampaign brings Uplift more of its artist's streams on its days, all of them of its track,
	// which has TrackShare of the others. IdleCampaign brings nothing.
	WorkingCampaign, IdleCampaign string
	Uplift, TrackShare            float64
	// SeasonalArtist earns on SoundCloud along a line and a wave that peaks in December, SeasonUSD above
	// the line. What NoisyArtist earns there has neither.
	SeasonalArtist, NoisyArtist string
	SeasonUSD                   float64
	// ViralPost has ViralTimes the views that it would have had.
	ViralPost  string
	ViralTimes float64
	// Streams on ShrinkingPlatform change by MonthlyChange a month.
	ShrinkingPlatform string
	MonthlyChange     float64
	// TinyArtist has TinyStreams on Spotify in every month.
	TinyArtist  string
	TinyStreams int
}

// Effects returns what is planted; the sizes are the same for every seed.
func (c DemoConfig) Effects() DemoEffects {
	c = c.withDefaults()
	campaigns := c.metaCampaigns()
	viral, _ := c.demoVideo(demoViral)
	return DemoEffects{
		WorkingCampaign: campaigns[1].id, IdleCampaign: campaigns[2].id, Uplift: 0.4, TrackShare: 1. / 3,
		SeasonalArtist: "NORTH LANTERN", NoisyArtist: "RADIO DUST", SeasonUSD: demoSeason * demoSoundcloudMicros / 1e6,
		ViralPost: viral, ViralTimes: 15,
		ShrinkingPlatform: "apple_music", MonthlyChange: -0.08,
		TinyArtist: "PAPER LANE", TinyStreams: 60,
	}
}

const (
	demoViral = 20 // the video's number
	// demoSeason is how many streams December has above the line; a stream pays so many millionths.
	demoSeason           = 600
	demoSoundcloudMicros = 1700
	demoSpotifyMicros    = 3200
	// demoHistory is how many months before the first statement of the label the oldest songs were used.
	demoHistory = 22
)

// plantedTracks are the recordings of artists that are planted, one each, in the order of plantedArtists.
func (c DemoConfig) plantedTracks() []demoTrack {
	return []demoTrack{
		{title: "FIRST SNOW", isrc: "QZXXX2200001", upc: "0170000000001", released: c.Start.AddDate(0, -demoHistory, 0)},
		{title: "INTERFERENCE", isrc: "QZXXX2200002", upc: "0170000000002", released: c.Start.AddDate(0, -demoHistory, 0)},
		{title: "FOLDED", isrc: "QZXXX2200003", upc: "0170000000003", released: c.Start.AddDate(0, -2, 0)},
	}
}

// plantedArtists are on SoundCloud's statements; the last one is also looked up on Spotify.
func (c DemoConfig) plantedArtists() []string {
	effects := c.Effects()
	return []string{effects.SeasonalArtist, effects.NoisyArtist, effects.TinyArtist}
}

// plantedUnits are the streams of a planted artist in a month of use; 0 before its release.
func (c DemoConfig) plantedUnits(artist int, used time.Time) int {
	number := (used.Year()-c.Start.Year())*12 + int(used.Month()-c.Start.Month())
	chance := c.chance("planted", number*4+artist)
	switch {
	case artist == 0:
		wave := math.Cos(2 * math.Pi * float64(used.Month()) / 12)
		return 1400 + 10*number + int(demoSeason*wave) + chance.IntN(61) - 30
	case artist == 1:
		return int(300 * math.Exp(chance.NormFloat64()))
	case number < -2:
		return 0
	}
	return c.Effects().TinyStreams
}
