package fake

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// unit takes one of the day's.
func (y *Youtube) unit(answer ownedHandler) ownedHandler {
	return func(w http.ResponseWriter, r *http.Request, channel *YoutubeChannel) {
		day := youtubeDay(y.Now()).Format(time.DateOnly)
		y.mu.Lock()
		y.units[day]++
		used := y.units[day]
		y.mu.Unlock()
		if used > y.config.Units {
			if used > y.config.Units+1 {
				y.Complain("asked again after the day's quota was used up")
			}
			respond(w, http.StatusForbidden, map[string]any{"error": map[string]any{
				"code": 403, "message": "The request cannot be completed because you have exceeded your quota.",
				"errors": []map[string]any{{"message": "quota exceeded", "domain": "youtube.quota", "reason": "quotaExceeded"}},
			}})
			return
		}
		if r.URL.Query().Get("part") == "" {
			y.Complain("%s without part", r.URL.Path)
			refuse(w, http.StatusBadRequest, "required", "Required parameter: part")
			return
		}
		answer(w, r, channel)
	}
}

// parted keeps the parts of an item that are asked for.
func parted(r *http.Request, kind, id string, parts map[string]any) map[string]any {
	item := map[string]any{"kind": kind, "etag": "e-" + id, "id": id}
	for _, part := range strings.Split(r.URL.Query().Get("part"), ",") {
		if value, ok := parts[part]; ok {
			item[part] = value
		}
	}
	return item
}

func listed(w http.ResponseWriter, kind, next string, total int, items []map[string]any) {
	answer := map[string]any{"kind": kind + "ListResponse", "etag": "e0", "pageInfo": map[string]any{"totalResults": total, "resultsPerPage": len(items)}}
	if items != nil {
		answer["items"] = items // left out where nothing is found
	}
	if next != "" {
		answer["nextPageToken"] = next
	}
	respond(w, http.StatusOK, answer)
}

func (y *Youtube) channels(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	y.only(r, "part", "mine", "id", "maxResults")
	channel := owner
	if id := r.URL.Query().Get("id"); id != "" {
		channel = y.channel(id)
	} else if r.URL.Query().Get("mine") != "true" {
		y.Complain("channels of whom?")
		refuse(w, http.StatusBadRequest, "badRequest", "No filter selected.")
		return
	}
	if channel == nil {
		listed(w, "youtube#channel", "", 0, nil)
		return
	}
	views, gained := 0, 0
	for _, v := range channel.Videos {
		f := y.gathered(v)
		views, gained = views+f.views, gained+f.gained-f.lost
	}
	statistics := map[string]any{"viewCount": strconv.Itoa(views), "subscriberCount": strconv.Itoa(rounded(1000 + gained)), "hiddenSubscriberCount": false, "videoCount": strconv.Itoa(len(channel.Videos))}
	if channel.Hidden {
		delete(statistics, "subscriberCount")
		statistics["hiddenSubscriberCount"] = true
	}
	listed(w, "youtube#channel", "", 1, []map[string]any{parted(r, "youtube#channel", channel.ID, map[string]any{
		"statistics":     statistics,
		"snippet":        map[string]any{"title": channel.Title, "publishedAt": "2021-05-01T10:00:00Z", "description": "Bookings: someone@example.com", "customUrl": "@someone"},
		"contentDetails": map[string]any{"relatedPlaylists": map[string]any{"likes": "", "uploads": "UU" + channel.ID[2:]}},
	})})
}

// out are the videos that came out, the newest first; private ones among them.
func (y *Youtube) out(channel *YoutubeChannel) []YoutubeVideo {
	videos := slices.DeleteFunc(slices.Clone(channel.Videos), func(v YoutubeVideo) bool { return v.Published.After(y.Now()) })
	slices.SortStableFunc(videos, func(a, b YoutubeVideo) int { return b.Published.Compare(a.Published) })
	return videos
}

func (y *Youtube) uploads(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	y.only(r, "part", "playlistId", "maxResults", "pageToken")
	query := r.URL.Query()
	most, err := strconv.Atoi(query.Get("maxResults"))
	if err != nil {
		most = 5
	}
	if most > 50 {
		y.Complain("%d items on a page", most)
		refuse(w, http.StatusBadRequest, "invalidParameter", "Invalid value")
		return
	}
	videos := y.out(owner)
	if query.Get("playlistId") != "UU"+owner.ID[2:] || len(videos) == 0 {
		refuse(w, http.StatusNotFound, "playlistNotFound", "The playlist identified with the request's playlistId parameter cannot be found.")
		return
	}
	from := 0
	if token := query.Get("pageToken"); token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		if _, scanErr := fmt.Sscanf(string(text), "from %d", &from); err != nil || scanErr != nil || from > len(videos) {
			y.Complain("a page token that was never given")
			refuse(w, http.StatusBadRequest, "invalidPageToken", "The request specifies an invalid page token.")
			return
		}
	}
	next, until := "", min(from+most, len(videos))
	if until < len(videos) {
		next = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "from %d", until))
	}
	items := []map[string]any{}
	for _, v := range videos[from:until] {
		details := map[string]any{"videoId": v.ID}
		if !v.Private {
			details["videoPublishedAt"] = v.Published.Format(time.RFC3339)
		}
		items = append(items, parted(r, "youtube#playlistItem", "UEl-"+v.ID, map[string]any{
			"contentDetails": details, "snippet": map[string]any{"title": v.Title, "channelId": owner.ID, "publishedAt": v.Published.Format(time.RFC3339)},
		}))
	}
	listed(w, "youtube#playlistItem", next, len(videos), items)
}

func (y *Youtube) videos(w http.ResponseWriter, r *http.Request, owner *YoutubeChannel) {
	y.only(r, "part", "id", "maxResults")
	ids := strings.Split(r.URL.Query().Get("id"), ",")
	if len(ids) > 50 || ids[0] == "" {
		y.Complain("%d ids in a call", len(ids))
		refuse(w, http.StatusBadRequest, "invalidParameter", "Invalid value")
		return
	}
	items := []map[string]any{}
	for _, v := range owner.Videos {
		if !slices.Contains(ids, v.ID) || v.Private {
			continue // left out without a word
		}
		f := y.gathered(v)
		statistics := map[string]any{"viewCount": strconv.Itoa(f.views), "likeCount": strconv.Itoa(f.likes), "favoriteCount": "0", "commentCount": strconv.Itoa(f.comments)}
		if v.NoLikes {
			delete(statistics, "likeCount")
		}
		if v.NoComments {
			delete(statistics, "commentCount")
		}
		duration := fmt.Sprintf("PT%dM%dS", max(v.DurationMinutes, 1), v.DurationPlusSecond)
		if v.Live {
			duration = "P0D"
		}
		privacy := "public"
		if v.Unlisted {
			privacy = "unlisted"
		}
		items = append(items, parted(r, "youtube#video", v.ID, map[string]any{
			"statistics": statistics, "contentDetails": map[string]any{"duration": duration, "definition": "hd"},
			"status":  map[string]any{"privacyStatus": privacy, "madeForKids": false},
			"snippet": map[string]any{"publishedAt": v.Published.Format(time.RFC3339), "channelId": owner.ID, "title": v.Title, "categoryId": "10", "description": "Write to someone@example.com"},
		}))
	}
	listed(w, "youtube#video", "", len(items), items)
}
