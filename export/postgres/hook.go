package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"bedrot/zones"
)

// callHook tells a URL that there is a release, so that dashboards forget what they remember. It is asked
// once, for ten seconds; the release stands whatever it answers.
func (e *Exporter) callHook(ctx context.Context, report Report) *zones.Error {
	err := post(ctx, e.Hook, report)
	if err == nil {
		return nil
	}
	return &zones.Error{Code: "warehouse_hook", What: "the release is published, but the hook could not be called: " + err.Error(), Next: "see that " + HookSetting + " is right and its service runs", Err: err}
}

func post(ctx context.Context, hook string, report Report) error {
	body, err := json.Marshal(map[string]any{"release": report.Release, "version": report.Version, "changes": report.Changes})
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, hook, bytes.NewReader(body))
	if err != nil {
		return errors.New("the URL is none") // the error would repeat it, and it may hold a secret
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	var failed *url.Error
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w", request.URL.Host, failed.Err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s answered %s", request.URL.Host, response.Status)
	}
	return nil
}
