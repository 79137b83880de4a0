// Package browser drives a real Chromium on behalf of extract, for services that have no interface but
// their pages. It knows no site: what a site looks like is told to it as data. Whatever it does has a
// limit of time, and leaves evidence when it fails.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/playwright-community/playwright-go"

	"bedrot/extract/api"
	"bedrot/extract/session"
)

// DriverVersion is the one of the driver that playwright-go speaks to; the npm package playwright-core has it
// under the same number.
const DriverVersion = "1.52.0"

// Options say where the browser is and how it is to be run.
type Options struct {
	// Executable is a Chromium; empty looks for one where systems keep it.
	Executable string
	// Driver is the folder that holds playwright-core as package/; empty looks in the usual places.
	Driver string
	// Visible shows the browser's window, for a person to log in. Nothing of it is traced: people type
	// passwords.
	Visible bool
	// Display is what of the environment a window needs to find its screen, such as DISPLAY.
	Display map[string]string
	// Scratch is where it works; it is left empty.
	Scratch string
	// Step is how long an element or a page may take; 0 is 30 s.
	Step time.Duration
}

// Screen is what of an environment a window needs to find its screen, for Options.Display.
func Screen(environment func(name string) (string, bool)) map[string]string {
	display := map[string]string{}
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR"} {
		if value, _ := environment(name); value != "" {
			display[name] = value
		}
	}
	return display
}

// Missing is a part of the browser that is not there.
type Missing struct{ What, Next string }

func (m *Missing) Error() string { return m.What }

// Engine is a running Chromium. It is shared by all accounts of a run; each gets a context of its own, which
// sees no cookie of another.
type Engine struct {
	options Options
	driver  *playwright.Playwright
	browser playwright.Browser
	dir     string // in the scratch folder: the driver, and what is downloaded
	home    string // in the system's: Chromium's own; its sockets bear no long paths
}

// Start starts a Chromium. An error that is Missing says what is not installed.
func Start(ctx context.Context, o Options) (_ *Engine, err error) {
	executable, driver, err := Find(o)
	if err != nil {
		return nil, err
	}
	if o.Step == 0 {
		o.Step = 30 * time.Second
	}
	e := &Engine{options: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	if e.dir, err = os.MkdirTemp(o.Scratch, "browser-"); err != nil {
		return nil, err
	}
	if e.home, err = shortFolder(os.TempDir(), "/tmp"); err != nil {
		return nil, err
	}
	staged, err := e.stage(driver)
	if err != nil {
		return nil, err
	}
	run := func() (err error) {
		e.driver, err = playwright.Run(&playwright.RunOptions{
			DriverDirectory: staged, SkipInstallBrowsers: true, Stdout: io.Discard, Stderr: io.Discard,
			Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			return fmt.Errorf("start the browser's driver: %w", err)
		}
		e.browser, err = e.driver.Chromium.Launch(playwright.BrowserTypeLaunchOptions{
			ExecutablePath: &executable, Headless: playwright.Bool(!o.Visible), Args: arguments(o.Visible), Env: e.environment(),
			ChromiumSandbox: playwright.Bool(os.Geteuid() != 0 && runtime.GOOS != "windows"), Timeout: playwright.Float(60_000),
			HandleSIGINT: playwright.Bool(false), HandleSIGTERM: playwright.Bool(false), HandleSIGHUP: playwright.Bool(false),
			DownloadsPath: playwright.String(filepath.Join(e.dir, "downloads")),
		})
		if err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n") // a page of its log follows
			return fmt.Errorf("start Chromium at %s: %s", executable, first)
		}
		return nil
	}
	return e, within(ctx, run)
}

// longestHome is how long the path of Chromium's home may be in bytes: it adds 45 of its own to name a socket,
// of which Unix takes 107. With a longer one it ends at once and does not say why.
const longestHome = 62

// shortFolder makes a folder in the first of some where its path is short enough.
func shortFolder(in ...string) (string, error) {
	for _, parent := range in {
		folder, err := os.MkdirTemp(parent, "bedrot-")
		if err != nil {
			return "", err
		}
		if len(folder) <= longestHome || runtime.GOOS == "windows" {
			return folder, nil
		}
		if err := os.Remove(folder); err != nil {
			return "", err
		}
	}
	return "", &Missing{"the path of the folder for temporary files is too long for Chromium's sockets: " + in[0], "set TMPDIR to one of at most 40 characters"}
}

// within runs what knows no context, and gives up waiting for it when the context ends.
func within(ctx context.Context, run func() error) error {
	done := make(chan error, 1)
	go func() { done <- guarded(run) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// guarded runs what asks the driver, which may panic where a page closes in the middle of an answer.
func guarded(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the browser's driver broke off: %v", p)
		}
	}()
	return run()
}

// arguments keep Chromium from talking to anybody but the site, and let it run as root where it must.
func arguments(visible bool) []string {
	args := []string{
		"--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-default-apps", "--no-default-browser-check", "--metrics-recording-only",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	if visible {
		args = append(args, "--ozone-platform-hint=auto")
	}
	return args
}

// environment is all that Chromium is told of the world outside: no secret of ours stands in it.
func (e *Engine) environment() map[string]string {
	all := map[string]string{"HOME": e.home, "PATH": searchPath, "LANG": "C.UTF-8", "TMPDIR": e.home, "XDG_CONFIG_HOME": e.home, "XDG_CACHE_HOME": e.home}
	if e.options.Visible {
		maps.Copy(all, e.options.Display)
	}
	return all
}

const searchPath = "/usr/local/bin:/usr/bin:/bin"

// stage makes the folder that playwright-go runs its driver from: a node that starts with an empty
// environment, beside the driver itself. On Windows there is no such wrapper, and the driver inherits ours.
func (e *Engine) stage(driver string) (string, error) {
	home := filepath.Join(e.dir, "driver")
	if runtime.GOOS == "windows" {
		return driver, nil
	}
	node, err := findNode(driver)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(e.dir, "downloads"), 0o700); err != nil {
		return "", err
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return "", err
	}
	if err := os.Symlink(filepath.Join(driver, "package"), filepath.Join(home, "package")); err != nil {
		return "", err
	}
	script := fmt.Sprintf("#!/bin/sh\nexec env -i HOME=%s TMPDIR=%s PATH=%s LANG=C.UTF-8 %s \"$@\"\n", quote(e.home), quote(e.home), searchPath, quote(node))
	return home, os.WriteFile(filepath.Join(home, "node"), []byte(script), 0o700)
}

func quote(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }

// Find looks for Chromium and the driver. What is missing is said with what installs it.
func Find(o Options) (executable, driver string, err error) {
	if executable, err = findChromium(o.Executable); err != nil {
		return "", "", err
	}
	driver, err = findDriver(o.Driver)
	if err != nil {
		return "", "", err
	}
	_, err = findNode(driver)
	return executable, driver, err
}

func findChromium(given string) (string, error) {
	if given != "" {
		if info, err := os.Stat(given); err != nil || info.IsDir() {
			return "", &Missing{"there is no Chromium at " + given, "set BEDROT_CHROMIUM to one, or unset it"}
		}
		return given, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	cache, _ := os.UserCacheDir()
	found, _ := filepath.Glob(filepath.Join(cache, "ms-playwright", "chromium-*", "chrome-*", "chrome*"))
	slices.Sort(found)
	for _, path := range slices.Backward(found) {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o100 != 0 {
			return path, nil
		}
	}
	return "", &Missing{"there is no Chromium", "install one (Debian: apt-get install chromium), or set BEDROT_CHROMIUM to its path"}
}

// DriverDir is where the driver is installed by itself.
func DriverDir() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "bedrot", "playwright-"+DriverVersion), err
}

func findDriver(given string) (string, error) {
	places := []string{given}
	if given == "" {
		own, _ := DriverDir()
		cache, _ := os.UserCacheDir()
		places = []string{own, filepath.Join(cache, "ms-playwright-go", DriverVersion)}
	}
	for _, dir := range places {
		data, err := os.ReadFile(filepath.Join(dir, "package", "package.json"))
		if err != nil {
			continue
		}
		var described struct{ Version string }
		if json.Unmarshal(data, &described) == nil && described.Version == DriverVersion {
			return dir, nil
		}
	}
	where := places[0]
	return "", &Missing{"the browser's driver (playwright-core " + DriverVersion + ") is not in " + where, "bedrot doctor --install-browser, or npm pack playwright-core@" + DriverVersion + " and unpack it there"}
}

func findNode(driver string) (string, error) {
	own := filepath.Join(driver, "node")
	if info, err := os.Stat(own); err == nil && info.Mode().IsRegular() {
		return own, nil
	}
	path, err := exec.LookPath("node")
	if err != nil {
		return "", &Missing{"Node.js is not installed, which the browser's driver runs on", "install it (Debian: apt-get install nodejs)"}
	}
	return path, nil
}

// Install brings the driver into DriverDir: as npm's package where there is npm, else as Playwright's own
// download, which brings Node.js with it.
func Install(ctx context.Context) (string, error) {
	dir, err := DriverDir()
	if err != nil {
		return "", err
	}
	if found, err := findDriver(dir); err == nil {
		return found, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	byNPM := func() error {
		temporary, err := os.MkdirTemp(dir, "npm-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temporary) }()
		packed := exec.CommandContext(ctx, "npm", "pack", "--silent", "playwright-core@"+DriverVersion)
		packed.Dir = temporary
		if out, err := packed.CombinedOutput(); err != nil {
			return fmt.Errorf("npm pack: %w: %s", err, strings.TrimSpace(string(out)))
		}
		archive := filepath.Join(temporary, "playwright-core-"+DriverVersion+".tgz")
		if out, err := exec.CommandContext(ctx, "tar", "-xzf", archive, "-C", temporary).CombinedOutput(); err != nil {
			return fmt.Errorf("tar: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return os.Rename(filepath.Join(temporary, "package"), filepath.Join(dir, "package"))
	}
	npm := byNPM()
	if npm == nil {
		return dir, nil
	}
	own := within(ctx, func() error {
		driver, err := playwright.NewDriver(&playwright.RunOptions{DriverDirectory: dir, SkipInstallBrowsers: true, Stdout: io.Discard, Stderr: io.Discard, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		return driver.DownloadDriver()
	})
	if own == nil {
		return dir, nil
	}
	return "", &Missing{
		fmt.Sprintf("the browser's driver could not be brought: by npm: %v; by Playwright's download: %v", npm, own),
		"on a machine with a network: npm pack playwright-core@" + DriverVersion + ", and unpack it into " + dir,
	}
}

// Close ends Chromium and leaves nothing behind. What does not end by itself in a few seconds is left to
// the system.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	err := within(ctx, func() error {
		var all error
		if e.browser != nil {
			all = errors.Join(all, e.browser.Close())
		}
		if e.driver != nil {
			all = errors.Join(all, e.driver.Stop())
		}
		return all
	})
	if e.dir == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(e.dir), os.RemoveAll(e.home))
}

// Open makes a context for one account from what it remembers of its login, and a page in it. Everything
// in it ends with ctx.
func (e *Engine) Open(ctx context.Context, state session.State, rules session.Rules, mask *api.Mask) (*Visit, error) {
	var remembered playwright.OptionalStorageState
	text, err := json.Marshal(state)
	if err == nil {
		err = json.Unmarshal(text, &remembered)
	}
	if err != nil {
		return nil, err
	}
	v := &Visit{engine: e, ctx: ctx, rules: rules, mask: mask, step: e.options.Step}
	v.hide(state)
	err = within(ctx, func() (err error) {
		v.browser, err = e.browser.NewContext(playwright.BrowserNewContextOptions{
			StorageState: &remembered, AcceptDownloads: playwright.Bool(true), Locale: playwright.String("en-US"), TimezoneId: playwright.String("UTC"),
			ServiceWorkers: playwright.ServiceWorkerPolicyBlock, Viewport: &playwright.Size{Width: 1366, Height: 900},
		})
		if err != nil {
			return err
		}
		if err = v.trace(); err != nil {
			return err
		}
		v.page, err = v.browser.NewPage()
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a page: %w", err), v.Close())
	}
	v.stop = context.AfterFunc(ctx, func() { _ = v.end() })
	v.page.SetDefaultTimeout(float64(v.step.Milliseconds()))
	return v, nil
}

// trace begins to note what happens in the pages, but for those that a person sees, and for pictures: nobody
// could paint over secrets in them.
func (v *Visit) trace() error {
	if v.engine.options.Visible {
		return nil
	}
	return v.browser.Tracing().Start(playwright.TracingStartOptions{Snapshots: playwright.Bool(true)})
}

// hide makes what a browser remembers a secret.
func (v *Visit) hide(state session.State) {
	login, all := state.Secrets(v.rules)
	v.mask.Add(login...)
	v.mask.Hide(all...)
}
