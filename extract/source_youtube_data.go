package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"bedrot/extract/api"
	"bedrot/zones"
)

// youtubeUpload is a video of the channel, and the day it came out.
type youtubeUpload struct{ id, published string }

var (
	youtubeChannelID = regexp.MustCompile(`^UC[\w-]{10,40}$`)
	youtubeVideoID   = regexp.MustCompile(`^[\w-]{5,20}$`)
	youtubeCount     = regexp.MustCompile(`^"\d+"$`)
)

// channels lands what the channel has gathered until now.
func (c *youtubeClient) channels(ctx context.Context, drop *Drop) error {
	page, err := c.ownChannel(ctx, "snippet,contentDetails,statistics", c.s.Setting("YOUTUBE_CHANNEL_ID"))
	if err != nil {
		return err
	}
	drop.From(c.base("YOUTUBE_DATA_URL") + "/youtube/v3/channels")
	return c.land(drop, "channels_"+stamp(drop.began)+".json", page)
}

// whose finds out which channel is to be fetched.
func (c *youtubeClient) whose(ctx context.Context) error {
	if c.channel != "" {
		return nil
	}
	_, err := c.ownChannel(ctx, "contentDetails", c.s.Setting("YOUTUBE_CHANNEL_ID"))
	return err
}

// mine finds out of which channel the login is.
func (c *youtubeClient) mine(ctx context.Context) error {
	_, err := c.ownChannel(ctx, "contentDetails", "")
	return err
}

// ownChannel asks for a channel, or where no id is given for the login's.
func (c *youtubeClient) ownChannel(ctx context.Context, parts, id string) (youtubePage, error) {
	query := url.Values{"part": {parts}, "mine": {"true"}}
	if id != "" {
		query = url.Values{"part": {parts}, "id": {id}}
	}
	page, err := c.list(ctx, "channels", "youtube#channel", query)
	switch {
	case err != nil:
		return page, err
	case len(*page.Items) == 0 && id != "":
		return page, &zones.Error{Code: "request_refused", What: "YouTube knows no channel " + id, Next: "set YOUTUBE_CHANNEL_ID to the channel's id, which begins with UC, or take it out"}
	case len(*page.Items) == 0:
		return page, &zones.Error{Code: "login_needed", What: "the login is of an account without a channel", Next: "log in and choose the channel: bedrot session login youtube --account " + c.s.Account}
	}
	item := (*page.Items)[0]
	switch {
	case len(*page.Items) > 1 || id != "" && item.ID != id:
		return page, api.Shape("the channel asked for", "%d others", len(*page.Items))
	case !youtubeChannelID.MatchString(item.ID):
		return page, api.Shape("a channel's id", "%q", item.ID)
	case item.Details == nil || item.Details.Playlists == nil || item.Details.Playlists.Uploads == "":
		return page, api.Shape("contentDetails.relatedPlaylists.uploads", "none")
	}
	c.channel, c.uploads = item.ID, item.Details.Playlists.Uploads
	return page, nil
}

// videos lands what every video of the channel has gathered until now, a page of 50 at a time.
func (c *youtubeClient) videos(ctx context.Context, drop *Drop) error {
	if err := c.whose(ctx); err != nil {
		return err
	}
	name := "videos_" + stamp(drop.began) + ".json"
	drop.From(c.base("YOUTUBE_DATA_URL") + "/youtube/v3/videos")
	asked := map[string]bool{} // a video that comes out meanwhile moves others to the next page, again
	return c.pages(ctx, func(ctx context.Context, cursor string) (string, error) {
		page, err := c.uploadsPage(ctx, cursor)
		if err != nil {
			return "", err
		}
		var ids []string
		for _, upload := range uploadsOf(page) {
			if !asked[upload.id] {
				asked[upload.id] = true
				ids = append(ids, upload.id)
			}
		}
		if len(ids) == 0 {
			return page.Next, nil
		}
		videos, err := c.list(ctx, "videos", "youtube#video", url.Values{"part": {"snippet,statistics,contentDetails,status"}, "id": {strings.Join(ids, ",")}})
		if err != nil {
			return "", err
		}
		told := map[string]bool{}
		for _, item := range *videos.Items {
			if !slices.Contains(ids, item.ID) || told[item.ID] {
				return "", api.Shape("the videos asked for", "%q, or twice the same", item.ID)
			}
			told[item.ID] = true
		}
		return page.Next, c.land(drop, name, videos)
	})
}

// uploadsPage is one of the list of the channel's videos, the newest first. A channel that never had one
// has no such list.
func (c *youtubeClient) uploadsPage(ctx context.Context, cursor string) (youtubePage, error) {
	query := url.Values{"part": {"contentDetails"}, "playlistId": {c.uploads}, "maxResults": {"50"}}
	if cursor != "" {
		query.Set("pageToken", cursor)
	}
	page, err := c.list(ctx, "playlistItems", "youtube#playlistItem", query)
	if fault, ok := api.As(err); ok && fault.Kind == api.Gone && cursor == "" {
		return youtubePage{Items: &[]youtubeItem{}}, nil
	}
	if err != nil {
		return page, err
	}
	for _, item := range *page.Items {
		if item.Details == nil || !youtubeVideoID.MatchString(item.Details.VideoID) {
			return page, api.Shape("contentDetails.videoId of an upload", "none that is one")
		}
	}
	return page, nil
}

func uploadsOf(page youtubePage) []youtubeUpload {
	var list []youtubeUpload
	for _, item := range *page.Items {
		list = append(list, youtubeUpload{item.Details.VideoID, item.Details.PublishedAt})
	}
	return list
}

// newestUpTo are the newest videos that were out on a day, the newest first: of those on the first page of
// the channel's list, which is kept for the run.
func (c *youtubeClient) newestUpTo(ctx context.Context, day string, most int) ([]string, error) {
	if c.newest == nil {
		if err := c.whose(ctx); err != nil {
			return nil, err
		}
		page, err := c.uploadsPage(ctx, "")
		if err != nil {
			return nil, err
		}
		c.newest = slices.DeleteFunc(append([]youtubeUpload{}, uploadsOf(page)...), func(u youtubeUpload) bool { return u.published == "" }) // not out
		slices.SortStableFunc(c.newest, func(a, b youtubeUpload) int { return strings.Compare(b.published, a.published) })
	}
	var ids []string
	for _, upload := range c.newest {
		if upload.published[:min(len(day), len(upload.published))] <= day && len(ids) < most && !slices.Contains(ids, upload.id) {
			ids = append(ids, upload.id)
		}
	}
	return ids, nil
}

// list is a page of the Data API, looked over.
func (c *youtubeClient) list(ctx context.Context, call, kind string, query url.Values) (youtubePage, error) {
	var page youtubePage
	answer, err := c.data(ctx, call, query)
	if err != nil {
		return page, err
	}
	if err := answer.Decode(&page); err != nil {
		return page, located(err, "GET "+call)
	}
	if want := kind + "ListResponse"; page.Kind != want {
		return page, located(api.Shape("kind "+want, "%q", page.Kind), "GET "+call)
	}
	if page.Items == nil {
		if total, said := page.Page["totalResults"]; !said || total > 0 {
			return page, located(api.Shape("a list items", "none"), "GET "+call)
		}
		page.Items = &[]youtubeItem{}
	}
	for _, item := range *page.Items {
		if item.Kind != kind || item.ID == "" {
			return page, located(api.Shape("items of kind "+kind+" with an id", "%q %q", item.Kind, item.ID), "GET "+call)
		}
		if statistics := strings.Contains(query.Get("part"), "statistics"); statistics && item.Statistics == nil {
			return page, located(api.Shape("statistics of "+item.ID, "none"), "GET "+call)
		}
		for name, value := range item.Statistics {
			if strings.HasSuffix(name, "Count") && name != "hiddenSubscriberCount" && !youtubeCount.Match(value) && !bytes.Equal(value, []byte("null")) {
				return page, located(api.Shape("statistics."+name+" as text of digits", "%.40s", value), "GET "+call)
			}
		}
	}
	return page, nil
}

// located says of a changed shape which call it was.
func located(err error, call string) error {
	if fault, ok := api.As(err); ok {
		fault.Endpoint, fault.Attempts = call, 1
	}
	return err
}

// land keeps a page, without the cursor to the next.
func (c *youtubeClient) land(drop *Drop, name string, page youtubePage) error {
	page.Next = ""
	text, err := json.Marshal(page)
	if err != nil {
		return fmt.Errorf("a page of %s: %w", page.Kind, err)
	}
	return drop.Page(name, text)
}
