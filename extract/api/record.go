package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Exchange is a call and its answer as a recording keeps them: without secrets, addresses or names.
type Exchange struct {
	Method string              `json:"method"`
	Path   string              `json:"path"` // with its query, sorted
	Status int                 `json:"status"`
	Header map[string][]string `json:"header,omitempty"`
	// Body is the answer where it is JSON, Text where it is not.
	Body json.RawMessage `json:"body,omitempty"`
	Text string          `json:"text,omitempty"`
}

// Recorder is a transport that writes what passes through it below Dir, one file an exchange.
type Recorder struct {
	Dir  string
	Next http.RoundTripper
	Mask *Mask
	// Private are keys of JSON whose values name a person.
	Private []string

	mu sync.Mutex
	n  int
}

// headers worth keeping: those that clients act upon.
var keptHeader = regexp.MustCompile(`(?i)^(content-type|retry-after|x-.*(usage|throttle|ratelimit).*)$`)

var mailAddress = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+`)

// tokens travel in queries and in addresses within answers.
var tokenParameter = regexp.MustCompile(`(?i)((?:access_token|appsecret_proof|client_secret|input_token|refresh_token|key|code)=)[^&"\\\s]+`)

// RoundTrip sends the call on and keeps what came back.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	response, err := r.Next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, readErr := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if readErr == nil {
		if err := r.keep(req, response, body); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
	}
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{readErr}))
	return response, nil
}

// failing passes on how reading ended.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

func (r *Recorder) keep(req *http.Request, response *http.Response, body []byte) error {
	e := Exchange{Method: req.Method, Path: r.scrub(req.URL.Path + "?" + sorted(req.URL.Query())), Status: response.StatusCode, Header: map[string][]string{}}
	for name, values := range response.Header {
		if keptHeader.MatchString(name) {
			e.Header[name] = []string{r.scrub(strings.Join(values, ", "))}
		}
	}
	if clean, ok := r.scrubJSON(body); ok {
		e.Body = clean
	} else {
		e.Text = r.scrub(string(body))
	}
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := os.MkdirAll(r.Dir, 0o700); err != nil {
		return err
	}
	for {
		r.n++
		path := filepath.Join(r.Dir, fmt.Sprintf("%04d.json", r.n))
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue // of a recording before this one
		}
		if err != nil {
			return err
		}
		_, err = file.Write(append(text, '\n'))
		return errors.Join(err, file.Close())
	}
}

func sorted(query url.Values) string { return query.Encode() }

// scrub takes secrets, tokens and mail addresses out of a text.
func (r *Recorder) scrub(text string) string {
	text = tokenParameter.ReplaceAllString(r.Mask.Text(text), "${1}"+masked)
	return mailAddress.ReplaceAllString(text, "someone@example.com")
}

func (r *Recorder) scrubJSON(body []byte) (json.RawMessage, bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return nil, false
	}
	clean, err := json.Marshal(r.scrubValue(value))
	return clean, err == nil
}

func (r *Recorder) scrubValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inside := range v {
			switch {
			case slices.Contains([]string{"access_token", "refresh_token", "id_token"}, key):
				v[key] = masked
			case slices.Contains(r.Private, key):
				v[key] = private(inside)
			default:
				v[key] = r.scrubValue(inside)
			}
		}
	case []any:
		for i := range v {
			v[i] = r.scrubValue(v[i])
		}
	case string:
		return r.scrub(v)
	}
	return value
}

// private keeps a value's kind and says nothing.
func private(value any) any {
	switch value.(type) {
	case string:
		return "someone"
	case map[string]any:
		return map[string]any{}
	case []any:
		return []any{}
	}
	return nil
}

// Replayer answers from a recording, each exchange once and in order among those of its method and path.
type Replayer struct {
	mu   sync.Mutex
	left []Exchange
}

// Replay reads a recording.
func Replay(dir string) (*Replayer, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	r := &Replayer{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var e Exchange
		if err := json.Unmarshal(data, &e); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		r.left = append(r.left, e)
	}
	return r, nil
}

// RoundTrip answers with the first exchange left of the same method and path; parameters that were
// masked fit any value.
func (r *Replayer) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, e := range r.left {
		path, query, _ := strings.Cut(e.Path, "?")
		if e.Method != req.Method || path != req.URL.Path || !fits(query, req.URL.Query()) {
			continue
		}
		r.left = slices.Delete(r.left, i, i+1)
		body := []byte(e.Text)
		if len(e.Body) > 0 {
			body = e.Body
		}
		return &http.Response{
			Status: http.StatusText(e.Status), StatusCode: e.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header(e.Header).Clone(), Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
		}, nil
	}
	return nil, fmt.Errorf("the recording has no answer left to %s %s", req.Method, req.URL.Path)
}

func fits(recorded string, asked url.Values) bool {
	want, err := url.ParseQuery(recorded)
	if err != nil || len(want) != len(asked) {
		return false
	}
	for name, values := range want {
		if got := strings.Join(asked[name], ","); got != strings.Join(values, ",") && !strings.Contains(strings.Join(values, ","), masked) {
			return false
		}
	}
	return true
}
