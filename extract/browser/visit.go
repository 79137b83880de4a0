package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/playwright-community/playwright-go"

	"bedrot/extract/api"
	"bedrot/extract/session"
)

// Limits of every wait.
const (
	downloadLimit = 3 * time.Minute
	maxCaptured   = 64 << 20
)

// Visit is one account's look at a site: one context, one page.
type Visit struct {
	engine  *Engine
	ctx     context.Context
	browser playwright.BrowserContext
	page    playwright.Page
	stop    func() bool
	mask    *api.Mask
	step    time.Duration
	odd     []string
	ended   sync.Once
	answer  playwright.Response // of the last Goto
	rules   session.Rules
	site    Site // since Enter
}

// Selectors name one element in several ways, best first: sites rename what they show. They are
// Playwright's (CSS, text=…, role=…).
type Selectors []string

// Oddities are what was unlike what the site's data says, and no failure: an element that was found by
// another name than its first.
func (v *Visit) Oddities() []string { return v.odd }

// Goto opens an address and waits for its document.
func (v *Visit) Goto(address string) error {
	var response playwright.Response
	err := guarded(func() (err error) {
		response, err = v.page.Goto(address, playwright.PageGotoOptions{WaitUntil: playwright.WaitUntilStateDomcontentloaded, Timeout: ms(v.step)})
		return err
	})
	if err != nil {
		return v.fault("open "+bare(address), err)
	}
	v.answer = response
	if response != nil && response.Status() >= 500 {
		return &api.Fault{Kind: api.Transient, Status: response.Status(), Message: "the site failed", Endpoint: "GET " + bare(address)}
	}
	return nil
}

// URL is where the page is now, without parameters.
func (v *Visit) URL() string { return bare(v.page.URL()) }

func bare(address string) string {
	address, _, _ = strings.Cut(address, "?")
	address, _, _ = strings.Cut(address, "#")
	return address
}

// fault is what went wrong in the page, told without what the driver adds to it.
func (v *Visit) fault(doing string, err error) error {
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	if _, told := api.As(err); told {
		return err
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	text = v.mask.Text(strings.TrimPrefix(text, "playwright: "))
	return &api.Fault{Kind: api.Transient, Message: doing + ": " + text, Endpoint: v.URL()}
}

// Find waits until one of the names is visible, and returns it. That the first one is not is remembered.
func (v *Visit) Find(what string, names Selectors, limit time.Duration) (playwright.Locator, error) {
	locator, i := v.first(names, limit)
	if v.ctx.Err() != nil {
		return nil, v.ctx.Err()
	}
	if locator == nil {
		return nil, &api.Fault{
			Kind: api.Unexpected, Message: "the page has changed: " + what + " is not on it", Expected: strings.Join(names, " or "), Found: "none of them on " + v.URL(), Endpoint: v.URL(),
		}
	}
	if i > 0 {
		v.odd = append(v.odd, fmt.Sprintf("%s was found as %s: %s is there no more", what, names[i], names[0]))
	}
	return locator, nil
}

// Sees reports whether one of the names is visible within the limit.
func (v *Visit) Sees(names Selectors, limit time.Duration) bool {
	locator, _ := v.first(names, limit)
	return locator != nil
}

func (v *Visit) first(names Selectors, limit time.Duration) (playwright.Locator, int) {
	for deadline := time.Now().Add(limit); ; {
		for i, name := range names {
			locator := v.page.Locator(name).First()
			if visible, err := locator.IsVisible(); err == nil && visible {
				return locator, i
			}
		}
		if v.ctx.Err() != nil || time.Now().After(deadline) {
			return nil, 0
		}
		v.rest(100 * time.Millisecond)
	}
}

// Click finds an element and clicks it, when nothing lies over it any more.
func (v *Visit) Click(what string, names Selectors) error {
	v.dismiss(v.site.Consent, 0)
	locator, err := v.Find(what, names, v.step)
	if err != nil {
		return err
	}
	if err := locator.Click(playwright.LocatorClickOptions{Timeout: ms(v.step)}); err != nil {
		return v.fault("click "+what, err)
	}
	return nil
}

// Fill finds a field and writes into it.
func (v *Visit) Fill(what string, names Selectors, value string) error {
	locator, err := v.Find(what, names, v.step)
	if err != nil {
		return err
	}
	if err := locator.Fill(value, playwright.LocatorFillOptions{Timeout: ms(v.step)}); err != nil {
		return v.fault("fill "+what, err)
	}
	return nil
}

// Text is what an element says.
func (v *Visit) Text(what string, names Selectors) (string, error) {
	locator, err := v.Find(what, names, v.step)
	if err != nil {
		return "", err
	}
	text, err := locator.InnerText()
	if err != nil {
		return "", v.fault("read "+what, err)
	}
	return strings.TrimSpace(text), nil
}

// HTML is the page as it is now.
func (v *Visit) HTML() ([]byte, error) {
	text := ""
	err := v.wait(v.step, func() (err error) {
		text, err = v.page.Content()
		return err
	})
	if err != nil {
		return nil, v.fault("read the page", err)
	}
	return []byte(text), nil
}

// Document is the page as the site sent it, byte for byte.
func (v *Visit) Document() ([]byte, error) {
	if v.answer == nil {
		return v.HTML()
	}
	var body []byte
	err := v.wait(v.step, func() (err error) {
		body, err = v.answer.Body()
		return err
	})
	if err != nil {
		return nil, v.fault("read the page", err)
	}
	return body, nil
}

// Dismiss clicks away what may lie over a page, such as a consent banner; that there is none is no error.
func (v *Visit) Dismiss(names Selectors) { v.dismiss(names, 300*time.Millisecond) }

func (v *Visit) dismiss(names Selectors, limit time.Duration) {
	if locator, _ := v.first(names, limit); locator != nil {
		_ = locator.Click(playwright.LocatorClickOptions{Timeout: ms(5 * time.Second)})
	}
}

// Download is a file that the site gave.
type Download struct {
	// Name is what the site calls it.
	Name string
	// Path is where it is, until the engine closes.
	Path  string
	Bytes int64
}

// Download does something that makes the site give a file, and waits until all of it is there. A page
// that comes in the file's place, a login page above all, ends the wait.
func (v *Visit) Download(what string, trigger func() error) (*Download, error) {
	begun, failed := make(chan playwright.Download, 1), make(chan string, 1)
	onDownload := func(d playwright.Download) { offer(begun, d) }
	onFailed := func(r playwright.Request) {
		// A download begins as a navigation that is aborted.
		if err := r.Failure(); r.IsNavigationRequest() && err != nil && !strings.Contains(err.Error(), "ERR_ABORTED") {
			offer(failed, bare(r.URL())+": "+err.Error())
		}
	}
	v.page.OnDownload(onDownload)
	v.page.OnRequestFailed(onFailed)
	defer v.page.RemoveListener("download", onDownload)
	defer v.page.RemoveListener("requestfailed", onFailed)
	if err := trigger(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(downloadLimit); ; v.rest(100 * time.Millisecond) {
		select {
		case got := <-begun:
			return v.finish(what, got)
		case why := <-failed:
			return nil, &api.Fault{Kind: api.Transient, Message: "the download of " + what + " did not begin: " + v.mask.Text(why), Endpoint: v.URL()}
		default:
		}
		if err := v.Still(v.site); err != nil {
			return nil, err
		}
		if v.ctx.Err() != nil {
			return nil, v.ctx.Err()
		}
		if time.Now().After(deadline) {
			return nil, &api.Fault{Kind: api.Transient, Message: "the download of " + what + " did not begin in " + downloadLimit.String(), Endpoint: v.URL()}
		}
	}
}

// offer gives the first of something to who waits for it.
func offer[T any](to chan T, value T) {
	select {
	case to <- value:
	default:
	}
}

// finish waits for the rest of a download.
func (v *Visit) finish(what string, got playwright.Download) (*Download, error) {
	if err := v.wait(downloadLimit, got.Failure); err != nil {
		return nil, &api.Fault{Kind: api.Transient, Message: "the download of " + what + " broke off: " + err.Error(), Endpoint: bare(got.URL())}
	}
	path, err := got.Path()
	if err != nil {
		return nil, v.fault("download "+what, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		return nil, &api.Fault{Kind: api.Unexpected, Message: "the download of " + what + " is empty", Expected: "a file", Found: "no bytes", Endpoint: bare(got.URL())}
	}
	return &Download{Name: got.SuggestedFilename(), Path: path, Bytes: info.Size()}, nil
}

// wait bounds a call of the driver that has no limit of its own.
func (v *Visit) wait(limit time.Duration, call func() error) error {
	ctx, cancel := context.WithTimeout(v.ctx, limit)
	defer cancel()
	err := within(ctx, call)
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("it took longer than " + limit.String())
	}
	return err
}

// Response is one that the page asked for by itself, byte for byte.
type Response struct {
	URL    string // with its parameters, without anything secret
	Status int
	Body   []byte
}

// Collect notes the answers to the page's own requests whose address fits, while do works, and for as
// long as enough is not true, within the limit.
func (v *Visit) Collect(address *regexp.Regexp, limit time.Duration, do func() error, enough func([]Response) bool) ([]Response, error) {
	var mu sync.Mutex
	var pending []playwright.Response
	var done []Response
	listen := func(r playwright.Response) {
		if address.MatchString(r.URL()) && r.Request().Method() != "OPTIONS" {
			mu.Lock()
			pending = append(pending, r)
			mu.Unlock()
		}
	}
	v.page.OnResponse(listen)
	defer v.page.RemoveListener("response", listen)
	if err := do(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(limit); ; {
		mu.Lock()
		waiting := pending
		pending = nil
		mu.Unlock()
		for _, r := range waiting {
			var body []byte
			err := v.wait(v.step, func() (err error) {
				body, err = r.Body()
				return err
			})
			if err != nil {
				return nil, v.fault("read the answer of "+bare(r.URL()), err)
			}
			if len(body) > maxCaptured {
				return nil, &api.Fault{Kind: api.TooMuch, Message: "an answer is larger than may be kept", Endpoint: bare(r.URL())}
			}
			done = append(done, Response{URL: v.mask.Text(r.URL()), Status: r.Status(), Body: body})
		}
		if enough(done) || v.ctx.Err() != nil || time.Now().After(deadline) {
			return done, v.ctx.Err()
		}
		v.rest(100 * time.Millisecond)
	}
}

// State is what the browser remembers now.
func (v *Visit) State() (session.State, error) {
	var state session.State
	var kept *playwright.StorageState
	err := v.wait(v.step, func() (err error) {
		kept, err = v.browser.StorageState()
		return err
	})
	if err != nil {
		return state, v.fault("read the session", err)
	}
	text, err := json.Marshal(kept)
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	v.hide(state)
	return state, err
}

// Close forgets the context; what it remembers is lost unless State was asked for.
func (v *Visit) Close() error {
	if v.stop != nil {
		v.stop()
	}
	if v.browser == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	err := within(ctx, v.end)
	if v.ctx.Err() != nil {
		return nil
	}
	return err
}

// end closes the context, once: its owner and the end of its time may both want it.
func (v *Visit) end() (err error) {
	v.ended.Do(func() { err = v.browser.Close() })
	return err
}

// rest lets the page work for a while.
func (v *Visit) rest(d time.Duration) { _ = api.Sleep(v.ctx, d) }

func ms(d time.Duration) *float64 { return playwright.Float(float64(d.Milliseconds())) }

// Step is how long an element or a page may take.
func (v *Visit) Step() time.Duration { return v.step }

// Element is one of several that look alike.
type Element struct {
	Text    string
	visit   *Visit
	locator playwright.Locator
}

// All are the elements by the first of the names that any has.
func (v *Visit) All(names Selectors) ([]Element, error) {
	for _, name := range names {
		found, err := v.page.Locator(name).All()
		if err != nil {
			return nil, v.fault("list "+name, err)
		}
		var all []Element
		for _, locator := range found {
			text, err := locator.InnerText(playwright.LocatorInnerTextOptions{Timeout: ms(v.step)})
			if err != nil {
				return nil, v.fault("read "+name, err)
			}
			all = append(all, Element{Text: text, visit: v, locator: locator})
		}
		if len(all) > 0 {
			return all, nil
		}
	}
	return nil, nil
}

// Attribute is one of an element inside; empty where there is none.
func (e Element) Attribute(selector, name string) string {
	inside := e.locator.Locator(selector).First()
	if n, err := inside.Count(); err != nil || n == 0 {
		return ""
	}
	value, err := inside.GetAttribute(name, playwright.LocatorGetAttributeOptions{Timeout: ms(e.visit.step)})
	if err != nil {
		return ""
	}
	return value
}

// Click clicks the first of an element's own that has one of the names.
func (e Element) Click(names Selectors) error {
	for _, name := range names {
		inside := e.locator.Locator(name).First()
		if n, err := inside.Count(); err != nil || n == 0 {
			continue
		}
		if err := inside.Click(playwright.LocatorClickOptions{Timeout: ms(e.visit.step)}); err != nil {
			return e.visit.fault("click "+name, err)
		}
		return nil
	}
	return &api.Fault{Kind: api.Unexpected, Message: "the page has changed: there is nothing to click", Expected: strings.Join(names, ", "), Found: "none of them in " + e.Text, Endpoint: e.visit.URL()}
}
