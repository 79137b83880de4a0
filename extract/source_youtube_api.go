package extract

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	pace "golang.org/x/time/rate"

	"bedrot/extract/api"
	"bedrot/zones"
)

// youtubePolicy is how Google's servers want to be asked; what the bulk interface wants besides is in
// youtubeShared.
func youtubePolicy() api.Policy {
	return api.Policy{PerSecond: 5, Burst: 5, Judge: judgeYoutube, Patience: 10 * time.Minute}
}

// youtubeShared is what all accounts have in common: quotas are those of the program, not of a channel.
type youtubeShared struct {
	mu sync.Mutex
	// units are those of the Data API that were used, by client and Pacific day.
	units map[string]int
	// bulk keeps below 60 calls a minute, the Reporting API's limit.
	bulk *pace.Limiter
}

func newYoutubeShared() *youtubeShared {
	return &youtubeShared{units: map[string]int{}, bulk: pace.NewLimiter(0.75, 15)}
}

// spend counts units of the Data API, and refuses them where the day's limit would be passed.
func (y *youtubeShared) spend(key string, units, limit int) *api.Fault {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.units[key]+units > limit {
		return &api.Fault{
			Kind: api.Throttled, Code: "quotaExceeded", Day: true, Part: true,
			Message: fmt.Sprintf("the Data API's quota is used up for today: %d units of the %d that YOUTUBE_QUOTA allows", min(y.units[key], limit), limit),
		}
	}
	y.units[key] += units
	return nil
}

// charge counts units that are used already.
func (y *youtubeShared) charge(key string, units int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.units[key] += units
}

// pacific is an instant's day at Google, where days end at midnight in California. Summer time is left
// out: for an hour a day, it is not worth a table of time zones.
func pacific(at time.Time) time.Time { return midnight(at.UTC().Add(-8 * time.Hour)) }

// youtubeClient asks YouTube's three interfaces on behalf of one channel.
type youtubeClient struct {
	s      *Session
	shared *youtubeShared
	http   *api.Client
	config oauth2.Config

	refresh string // the login
	kept    bool   // it is from the store of logins
	token   string // of an hour
	until   time.Time

	channel, uploads string // ids, once they were asked for
	newest           []youtubeUpload
	noMoney          bool // it was refused, and is not asked for again
}

// youtubeExtract fetches what is asked for an account.
func youtubeExtract(shared *youtubeShared) func(context.Context, *Session) error {
	return func(ctx context.Context, s *Session) error {
		c := newYoutubeClient(s, shared)
		if id := s.Setting("YOUTUBE_CHANNEL_ID"); id != "" && !youtubeChannelID.MatchString(id) {
			return &zones.Error{Code: "config", What: "YOUTUBE_CHANNEL_ID is no channel's id", Next: "set it to the id that begins with UC (studio.youtube.com, Settings, Channel, Advanced settings), or take it out"}
		}
		return s.Each(ctx, func(ctx context.Context, ask Ask, drop *Drop) error {
			switch ask.Stream.Name {
			case "analytics":
				return c.analytics(ctx, ask, drop)
			case "channel_basic":
				return c.bulk(ctx, ask, drop)
			case "channels":
				return c.channels(ctx, drop)
			case "videos":
				return c.videos(ctx, drop)
			}
			return fmt.Errorf("nobody fetches %s", ask.Stream.Name)
		})
	}
}

// youtubeProbe proves the login by asking whose it is.
func youtubeProbe(shared *youtubeShared) func(context.Context, *Session) (string, error) {
	return func(ctx context.Context, s *Session) (string, error) {
		c := newYoutubeClient(s, shared)
		if err := c.mine(ctx); err != nil {
			return "", err
		}
		if want := s.Setting("YOUTUBE_CHANNEL_ID"); want != "" && want != c.channel {
			return fmt.Sprintf("the login is of channel %s, and YOUTUBE_CHANNEL_ID asks for %s", c.channel, want), nil
		}
		return "", nil
	}
}

func newYoutubeClient(s *Session, shared *youtubeShared) *youtubeClient {
	return &youtubeClient{s: s, shared: shared, http: s.Client(nil), config: youtubeOAuth(s)}
}

// ask sends a call with the channel's token; a token that ended before its time is replaced once.
func (c *youtubeClient) ask(ctx context.Context, req api.Request) (*api.Answer, error) {
	for again := false; ; again = true {
		if err := c.access(ctx); err != nil {
			return nil, err
		}
		// Google compresses only for clients whose name says that they can take it.
		req.Header = http.Header{"Authorization": {"Bearer " + c.token}, "User-Agent": {"bedrot (gzip)"}}
		answer, err := c.http.Do(ctx, req)
		if err == nil {
			return answer, nil
		}
		fault, ok := api.As(err)
		if !ok {
			return nil, err
		}
		if fault.Kind == api.Login && !again {
			c.token = ""
			continue
		}
		c.advise(fault)
		return nil, fault
	}
}

// data asks the Data API, where every call costs one unit of the day's quota.
func (c *youtubeClient) data(ctx context.Context, call string, query url.Values) (*api.Answer, error) {
	limit, err := strconv.Atoi(c.s.Setting("YOUTUBE_QUOTA"))
	if err != nil {
		return nil, &zones.Error{Code: "config", What: "YOUTUBE_QUOTA is no whole number", Next: "set it to the units a day that the Data API's project has"}
	}
	key := c.config.ClientID + " " + isoDay(pacific(c.s.Now()))
	if fault := c.shared.spend(key, 1, limit); fault != nil {
		fault.Endpoint = "GET " + call
		c.advise(fault)
		return nil, fault
	}
	if err := c.access(ctx); err != nil {
		return nil, err
	}
	before := c.http.Requests()
	answer, err := c.ask(ctx, api.Request{URL: c.base("YOUTUBE_DATA_URL") + "/youtube/v3/" + call, Query: query})
	if again := int(c.http.Requests()-before) - 1; again > 0 { // what was refused costs, too
		c.shared.charge(key, again)
	}
	if fault, ok := api.As(err); ok && fault.Kind == api.Throttled && fault.Day {
		c.shared.charge(key, limit) // others have used it
	}
	return answer, err
}

// base is the address of one of the interfaces.
func (c *youtubeClient) base(setting string) string {
	return strings.TrimSuffix(c.s.Setting(setting), "/")
}

// advise says what a person is to do about a fault, by the service's own reason.
func (c *youtubeClient) advise(fault *api.Fault) {
	login := "bedrot session login youtube --account " + c.s.Account
	switch {
	case fault.Kind == api.Login && fault.Code == "invalid_client":
		fault.Next = "set YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET to those of the Google Cloud console (APIs & Services, Credentials)"
	case fault.Kind == api.Login && fault.Code == "invalid_grant" && c.refresh != "" && !c.kept:
		fault.Next = "take YOUTUBE_REFRESH_TOKEN out of .env, then " + login
	case fault.Kind == api.Login:
		fault.Next = login
	case fault.Code == "accessNotConfigured":
		fault.Next = "enable YouTube Data API v3, YouTube Analytics API and YouTube Reporting API for the project of YOUTUBE_CLIENT_ID in the Google Cloud console (APIs & Services, Library)"
	case fault.Code == "insufficientPermissions":
		fault.Next = "log in again and leave every box of the consent screen ticked: " + login
	case fault.Kind == api.Forbidden:
		fault.Next = "log in as the owner of the channel: " + login
	case fault.Kind == api.Throttled && fault.Day && fault.Part:
		fault.Next = "nothing: the quota begins anew at midnight in California, and the next run asks for what is missing"
	}
}

// pages follows a list through its pages, by the cursor each names for the next.
func (c *youtubeClient) pages(ctx context.Context, fetch func(ctx context.Context, cursor string) (next string, err error)) error {
	const most = 20_000 // no list of ours has as many
	seen := map[string]bool{}
	for cursor := ""; ; {
		next, err := fetch(ctx, cursor)
		if err != nil || next == "" {
			return err
		}
		if seen[next] || len(seen) == most {
			return api.Shape("a list with an end", "the cursor of page %d again on page %d", len(seen), len(seen)+1)
		}
		seen[next] = true
		cursor = next
	}
}

// stamp is a time as the names of files have it.
func stamp(at time.Time) string { return at.UTC().Format("20060102_150405") }

// youtubePage is a page of a list of the Data API. Of what is in it only what has a use is kept: titles and
// times, but no descriptions, which hold addresses of people.
type youtubePage struct {
	Kind  string            `json:"kind"`
	Etag  string            `json:"etag,omitempty"`
	Items *[]youtubeItem    `json:"items"`
	Next  string            `json:"nextPageToken,omitempty"`
	Page  map[string]uint64 `json:"pageInfo,omitempty"`
}

type youtubeItem struct {
	Kind    string `json:"kind"`
	Etag    string `json:"etag,omitempty"`
	ID      string `json:"id"`
	Snippet *struct {
		PublishedAt string `json:"publishedAt,omitempty"`
		ChannelID   string `json:"channelId,omitempty"`
		Title       string `json:"title"`
		CategoryID  string `json:"categoryId,omitempty"`
		Live        string `json:"liveBroadcastContent,omitempty"`
	} `json:"snippet,omitempty"`
	Details *struct {
		Duration    string `json:"duration,omitempty"`
		Definition  string `json:"definition,omitempty"`
		VideoID     string `json:"videoId,omitempty"`
		PublishedAt string `json:"videoPublishedAt,omitempty"`
		Playlists   *struct {
			Uploads string `json:"uploads"`
		} `json:"relatedPlaylists,omitempty"`
	} `json:"contentDetails,omitempty"`
	Status *struct {
		Privacy string `json:"privacyStatus"`
	} `json:"status,omitempty"`
	// Statistics are text but for flags, as they came.
	Statistics map[string]json.RawMessage `json:"statistics,omitempty"`
}
