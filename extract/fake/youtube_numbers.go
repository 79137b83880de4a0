package fake

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

const youtubeLag = 3 // days until one is processed

// youtubeDay is an instant's day in California, where days begin at 8 o'clock UTC; summer time is left out.
func youtubeDay(at time.Time) time.Time {
	return at.UTC().Add(-8 * time.Hour).Truncate(24 * time.Hour)
}

// processed is the newest day of which figures are told.
func (y *Youtube) processed() time.Time { return youtubeDay(y.Now()).AddDate(0, 0, -youtubeLag) }

// chance is a generator for one thing, so that it is the same wherever it is told.
func chance(seed uint64, what string, n int) *rand.Rand {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(what))
	return rand.New(rand.NewPCG(seed^hash.Sum64(), uint64(n)))
}

// watched is how often a video was watched on a day: much at first, and then steadily.
func (y *Youtube) watched(v YoutubeVideo, day time.Time) int {
	age := day.Sub(v.Published.Truncate(24*time.Hour)).Hours() / 24
	if age < 0 || v.Private {
		return 0
	}
	noise := 0.8 + 0.4*chance(y.config.Seed, v.ID, int(day.Unix()/86400)).Float64()
	return int(float64(v.Daily) * (1 + 5*math.Exp(-age/14)) * noise)
}

// figures are what is told of a day or a window.
type figures struct {
	views, engaged, minutes, likes, comments, shares, gained, lost int
}

func (f *figures) add(g figures) {
	f.views += g.views
	f.engaged += g.engaged
	f.minutes += g.minutes
	f.likes += g.likes
	f.comments += g.comments
	f.shares += g.shares
	f.gained += g.gained
	f.lost += g.lost
}

// part is a share of figures; the parts i of n add up to the whole.
func (f figures) part(i, n int) figures {
	one := func(x int) int { return x*(i+1)/n - x*i/n }
	return figures{one(f.views), one(f.engaged), one(f.minutes), one(f.likes), one(f.comments), one(f.shares), one(f.gained), one(f.lost)}
}

func figuresOf(views int) figures {
	return figures{views: views, engaged: views * 4 / 5, minutes: views * 2 / 3, likes: views / 30, comments: views / 200, shares: views / 90, gained: views / 250, lost: views / 700}
}

// videoDay are a video's figures of a day, as they are told now: those of the newest day are a fiftieth
// short until the next.
func (y *Youtube) videoDay(v YoutubeVideo, day time.Time) figures {
	views := y.watched(v, day)
	if day.Equal(y.processed()) {
		views -= views / 50
	}
	return figuresOf(views)
}

// dayFigures are those of the videos that are asked for.
func (y *Youtube) dayFigures(videos []YoutubeVideo, day time.Time) figures {
	var all figures
	for _, v := range videos {
		all.add(y.videoDay(v, day))
	}
	return all
}

// ViewsOn is how often a channel was watched on a day, as is told now; 0 while the day is not processed.
func (y *Youtube) ViewsOn(channel string, day time.Time) int {
	if day.After(y.processed()) {
		return 0
	}
	return y.dayFigures(y.channel(channel).Videos, day).views
}

// gathered is what a video has until now.
func (y *Youtube) gathered(v YoutubeVideo) figures {
	var all figures
	for day := v.Published.Truncate(24 * time.Hour); day.Before(youtubeDay(y.Now())); day = day.AddDate(0, 0, 1) {
		all.add(figuresOf(y.watched(v, day)))
	}
	return all
}

// rounded keeps three digits.
func rounded(n int) int {
	unit := 1
	for n/unit >= 1000 {
		unit *= 10
	}
	return n / unit * unit
}
