package browser

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"github.com/playwright-community/playwright-go"
)

// fields of forms are painted over in pictures: a person may have typed a secret there.
const secretFields = "input, textarea"

// Evidence keeps what the page looked like below a folder: page.png, page.html and trace.zip (which
// Playwright's trace viewer opens), all without secrets. What cannot be kept is left out; the error says
// what.
func (v *Visit) Evidence(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var all error
	// A page that is still on its way is looked at as it is.
	_ = v.wait(2*time.Second, func() error {
		_, err := v.page.Evaluate("window.stop()")
		return err
	})
	picture, err := v.page.Screenshot(playwright.PageScreenshotOptions{
		Timeout: ms(10 * time.Second), Mask: []playwright.Locator{v.page.Locator(secretFields)},
	})
	if all = errors.Join(all, err); err == nil {
		all = errors.Join(all, os.WriteFile(filepath.Join(dir, "page.png"), picture, 0o600))
	}
	html, err := v.HTML()
	if all = errors.Join(all, err); err == nil {
		all = errors.Join(all, os.WriteFile(filepath.Join(dir, "page.html"), []byte(v.mask.Text(string(html))), 0o600))
	}
	own, err := os.MkdirTemp(v.engine.dir, "trace-") // other accounts may leave evidence at the same time
	if err != nil {
		return errors.Join(all, err)
	}
	defer func() { _ = os.RemoveAll(own) }()
	raw := filepath.Join(own, "trace.zip")
	err = v.wait(20*time.Second, func() error { return v.browser.Tracing().Stop(raw) })
	if all = errors.Join(all, err); err == nil {
		all = errors.Join(all, v.maskZip(raw, filepath.Join(dir, "trace.zip")), v.trace())
	}
	return all
}

// maskZip copies an archive and takes every secret out of its texts. What is no text, such as a page's own
// pictures, is left out.
func (v *Visit) maskZip(from, to string) (err error) {
	in, err := zip.OpenReader(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	file, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := zip.NewWriter(file)
	for _, entry := range in.File {
		content, err := readEntry(entry)
		if err != nil {
			return err
		}
		if !utf8.Valid(content) {
			continue
		}
		w, err := out.Create(entry.Name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, v.mask.Text(string(content))); err != nil {
			return err
		}
	}
	return out.Close()
}

func readEntry(entry *zip.File) (content []byte, err error) {
	r, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(io.LimitReader(r, maxCaptured))
}
