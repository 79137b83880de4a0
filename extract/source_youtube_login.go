package extract

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"bedrot/extract/api"
	"bedrot/zones"
)

const (
	youtubeScope = "https://www.googleapis.com/auth/"
	// loginWait is how long a person has, where nobody says otherwise.
	loginWait = 10 * time.Minute
)

// youtubeOAuth is how logins are made and used.
func youtubeOAuth(s *Session) oauth2.Config {
	scopes := []string{youtubeScope + "yt-analytics.readonly", youtubeScope + "youtube.readonly"}
	if s.Setting("YOUTUBE_CURRENCY") != "" {
		scopes = append(scopes, youtubeScope+"yt-analytics-monetary.readonly")
	}
	return oauth2.Config{
		ClientID: s.Setting("YOUTUBE_CLIENT_ID"), ClientSecret: s.Setting("YOUTUBE_CLIENT_SECRET"), Scopes: scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL:  strings.TrimSuffix(s.Setting("YOUTUBE_AUTH_URL"), "/") + "/o/oauth2/v2/auth",
			TokenURL: strings.TrimSuffix(s.Setting("YOUTUBE_OAUTH_URL"), "/") + "/token", AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// access sees to it that there is a token that lasts for the next call.
func (c *youtubeClient) access(ctx context.Context) error {
	if c.token != "" && c.s.Now().Before(c.until) {
		return nil
	}
	if err := c.findLogin(); err != nil {
		return err
	}
	token, err := c.config.TokenSource(c.through(ctx), &oauth2.Token{RefreshToken: c.refresh}).Token()
	if err != nil {
		return c.noToken(ctx, err)
	}
	c.take(token)
	if token.RefreshToken != c.refresh && token.RefreshToken != "" {
		c.s.Mask.Add(token.RefreshToken)
		if c.kept {
			if err := c.keep(token); err != nil {
				return err
			}
		}
		c.refresh = token.RefreshToken
	}
	return nil
}

// take uses a token, and sees to it that nobody says it.
func (c *youtubeClient) take(token *oauth2.Token) {
	c.s.Mask.Add(token.AccessToken)
	lasts := time.Hour
	if seconds, ok := token.Extra("expires_in").(float64); ok {
		lasts = time.Duration(seconds) * time.Second
	}
	c.token, c.until = token.AccessToken, c.s.Now().Add(lasts-time.Minute)
}

// findLogin looks where the login is: in the settings, else among those that are kept.
func (c *youtubeClient) findLogin() error {
	if c.refresh != "" {
		return nil
	}
	c.refresh = c.s.Setting("YOUTUBE_REFRESH_TOKEN")
	if c.refresh == "" && c.s.Tokens() != nil {
		secret, err := c.s.Tokens().Load(c.s.Source.Name, c.s.Account)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		c.refresh, c.kept = string(secret), err == nil
	}
	if c.refresh == "" {
		fault := &api.Fault{Kind: api.Login, Message: "nobody has logged in for this channel"}
		c.advise(fault)
		return fault
	}
	c.s.Mask.Add(c.refresh)
	return nil
}

// through lets the calls of the OAuth library go the way of all others: paced, tried again, judged.
func (c *youtubeClient) through(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: formSender{c.http}})
}

// noToken is the fault of a token that was not to be had.
func (c *youtubeClient) noToken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fault, ok := api.As(err)
	if !ok {
		// The library repeats the answer in its errors, and a token may be in it.
		fault = api.Shape("access_token", "an answer without one")
		fault.Endpoint = "POST " + c.config.Endpoint.TokenURL
	}
	c.advise(fault)
	return fault
}

// formSender sends the forms of the OAuth library by our client.
type formSender struct{ client *api.Client }

func (f formSender) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	answer, err := f.client.Do(req.Context(), api.Request{
		Method: http.MethodPost, URL: req.URL.String(), Form: form, Repeatable: form.Get("grant_type") == "refresh_token",
	})
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: answer.Status, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(answer.Body)), Request: req}, nil
}

// youtubeLogin leads a person through Google's consent page and keeps the login it gives. The page comes
// back to a port of this machine, so it is the browser of this machine that must be used.
func youtubeLogin(shared *youtubeShared) func(context.Context, *Session, func(string, ...any)) error {
	return func(ctx context.Context, s *Session, say func(string, ...any)) error {
		ctx, cancel := context.WithTimeout(ctx, loginWait)
		defer cancel()
		if s.Tokens() == nil {
			return &zones.Error{Code: "usage", What: "there is nowhere to keep a login", Next: "say where logins are kept"}
		}
		c := newYoutubeClient(s, shared)
		token, err := c.consent(ctx, say)
		if err != nil {
			return err
		}
		c.take(token)
		c.refresh, c.kept = token.RefreshToken, true
		if err := c.prove(ctx, token, say); err != nil {
			return err
		}
		if err := c.keep(token); err != nil {
			return err
		}
		say("the login is kept for youtube:%s", s.Account)
		if s.Setting("YOUTUBE_REFRESH_TOKEN") != "" {
			say("YOUTUBE_REFRESH_TOKEN is set and goes before it: take it out of .env")
		}
		return nil
	}
}

// prove sees to it that the login is whole, and of the right channel, before it takes another's place.
func (c *youtubeClient) prove(ctx context.Context, token *oauth2.Token, say func(string, ...any)) error {
	again := "bedrot session login youtube --account " + c.s.Account
	refuse := func(format string, args ...any) error {
		return &zones.Error{Code: "login_needed", Source: "youtube", Account: c.s.Account, What: fmt.Sprintf(format, args...), Next: again}
	}
	if token.RefreshToken == "" {
		return &zones.Error{
			Code: "login_needed", Source: "youtube", Account: c.s.Account, What: "Google gave no login that lasts",
			Next: "take the app away at myaccount.google.com/permissions, then " + again,
		}
	}
	c.s.Mask.Add(token.RefreshToken)
	if granted, ok := token.Extra("scope").(string); ok {
		for _, scope := range c.config.Scopes {
			if !strings.Contains(" "+granted+" ", " "+scope+" ") {
				return refuse("the box for %s was not ticked", strings.TrimPrefix(scope, youtubeScope))
			}
		}
	}
	if err := c.mine(ctx); err != nil {
		return err
	}
	if want := c.s.Setting("YOUTUBE_CHANNEL_ID"); want != "" && want != c.channel {
		return refuse("the login is of channel %s, and not of %s, which YOUTUBE_CHANNEL_ID asks for", c.channel, want)
	}
	say("logged in as the owner of channel %s", c.channel)
	return nil
}

// expiring is a store that remembers when a login ends.
type expiring interface {
	SaveUntil(source, account string, secret []byte, expires time.Time) error
}

func (c *youtubeClient) keep(token *oauth2.Token) error {
	store, ok := c.s.Tokens().(expiring)
	if lasts, known := token.Extra("refresh_token_expires_in").(float64); ok && known && lasts > 0 {
		return store.SaveUntil(c.s.Source.Name, c.s.Account, []byte(token.RefreshToken), c.s.Now().Add(time.Duration(lasts)*time.Second))
	}
	return c.s.Tokens().Save(c.s.Source.Name, c.s.Account, []byte(token.RefreshToken))
}

// consent waits until a person has come back from Google's page, and takes what they bring for a token.
func (c *youtubeClient) consent(ctx context.Context, say func(string, ...any)) (*oauth2.Token, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	c.s.Mask.Add(verifier) // but not the state, which stands in the address that is shown
	back := make(chan url.Values, 1)
	server := &http.Server{Handler: consentPage(listener.Addr().String(), state, back), ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends when it is closed
	}()
	defer func() {
		// The page that says so is still on its way; a browser that keeps its line open is not waited for.
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(ending) != nil {
			_ = server.Close()
		}
		<-served
	}()
	c.config.RedirectURL = "http://" + listener.Addr().String() + "/"
	say("open this address in a browser of this machine, as the owner of the channel of %s:", c.s.Account)
	say("%s", c.config.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"), oauth2.S256ChallengeOption(verifier)))
	select {
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, &zones.Error{Code: "login_needed", Source: "youtube", Account: c.s.Account, What: "nobody came back from Google's page in time", Next: "bedrot session login youtube --account " + c.s.Account}
		}
		return nil, ctx.Err()
	case answer := <-back:
		if refusal := answer.Get("error"); refusal != "" {
			return nil, &zones.Error{Code: "login_needed", Source: "youtube", Account: c.s.Account, What: "Google's page came back with " + c.s.Mask.Text(refusal), Next: "bedrot session login youtube --account " + c.s.Account}
		}
		c.s.Mask.Add(answer.Get("code"))
		token, err := c.config.Exchange(c.through(ctx), answer.Get("code"), oauth2.VerifierOption(verifier))
		if err != nil {
			return nil, c.noToken(ctx, err)
		}
		return token, nil
	}
}

// consentPage takes the answer that bears our state, once; whatever else comes to the port is sent away and
// changes nothing.
func consentPage(host, state string, back chan<- url.Values) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the code
		w.Header().Set("Cache-Control", "no-store")
		query := r.URL.Query()
		switch {
		case r.Host != host || r.URL.Path != "/" || r.Method != http.MethodGet:
			http.Error(w, "There is nothing here.", http.StatusNotFound)
		case subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(state)) != 1 || query.Get("code") == "" && query.Get("error") == "":
			http.Error(w, "This is not the answer to the login that waits.", http.StatusBadRequest)
		default:
			select {
			case back <- query:
				_, _ = io.WriteString(w, "Thank you. This page can be closed: the terminal says what came of it.\n")
			default:
				http.Error(w, "The login is done already.", http.StatusConflict)
			}
		}
	})
}
