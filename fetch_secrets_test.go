package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bedrot/extract"
	"bedrot/extract/session"
)

// canaries are all secrets of a night by where they come from: settings, what is made of them on the way,
// what services gave, and what a browser remembers.
func (n *night) canaries() map[string]string {
	n.t.Helper()
	all := map[string]string{"key of the logins": n.env["BEDROT_SESSION_KEY"], "passphrase of the logins": n.env["BEDROT_SESSION_PASSPHRASE"]}
	for _, source := range extract.Sources() {
		for _, setting := range source.Settings {
			if setting.Secret {
				if n.env[setting.Name] == "" {
					n.t.Errorf("%s is no canary", setting.Name)
				}
				all[setting.Name] = n.env[setting.Name]
			}
		}
		for _, account := range append(n.live.Accounts()[source.Name], "main") {
			n.remembered(all, source.Name, account)
		}
	}
	for name, kit := range n.kits() {
		for _, call := range kit.Calls() {
			_, secret, _ := strings.Cut(call.Authorization, " ")
			if secret != "" {
				all[name+"'s Authorization "+secret] = secret
			}
			query, _ := url.ParseQuery(call.Query)
			for _, parameter := range []string{"appsecret_proof", "access_token", "input_token"} {
				if value := query.Get(parameter); value != "" {
					all[name+"'s "+parameter+" "+value] = value
				}
			}
		}
	}
	return all
}

// remembered adds what a browser remembers of an account's login.
func (n *night) remembered(all map[string]string, source, account string) {
	record, err := n.logins.LoadRecord(source, account)
	if err != nil {
		return
	}
	_, values := record.State.Secrets(session.Rules{})
	for _, value := range values {
		all["browser of "+source+":"+account+" "+value] = value
		if parts := strings.Split(value, "."); len(parts) == 3 { // a token's signature alone
			all["signature of "+source+":"+account] = parts[2]
		}
	}
}

// silent asserts that no canary stands in what was said, nor in any file of the lake but .env, nor in those
// of other folders; archives are opened.
func (n *night) silent(folders ...string) {
	n.t.Helper()
	canaries := n.canaries()
	look := func(where string, content []byte) {
		for what, secret := range canaries {
			for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
				if bytes.Contains(content, []byte(form)) {
					n.t.Errorf("%s holds a secret: %s", where, what)
					break
				}
			}
		}
	}
	look("what was said", n.talk.Bytes())
	for _, folder := range append(folders, n.root) {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || path == filepath.Join(n.root, ".env") {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			look(path, content)
			if archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
				for _, inside := range archive.File {
					look(path+": "+inside.Name, unzipped(n.t, inside))
				}
			}
			return nil
		})
		if err != nil {
			n.t.Error(err)
		}
	}
}

func unzipped(t testing.TB, file *zip.File) []byte {
	t.Helper()
	r, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A run in which nearly everything fails says all of it, hurts nobody else, and tells no secret anywhere.
func TestANightOfFailuresKeepsItsSecrets(t *testing.T) {
	needsChromium(t)
	n := newNight(t, twoAccounts)
	n.chromium = sharedChromium(t)
	n.tiktokLogins()
	n.tables("raw.metaads__insights", "raw.youtube__analytics", "raw.distrokid__bank", "raw.toolost__apple")
	records := filepath.Join(t.TempDir(), "records")
	n.fails()
	report := n.fetch("--verbose", "run", "--since", since, "--record", records)
	if report.code != 3 || report.Status != "partly" {
		t.Errorf("exit %d, %s", report.code, report.Status)
	}
	want := map[string]string{
		"metaads:main": "throttled", "youtube:main": "answer_shape", "mailchimp:main": "login_needed", "distrokid:main": "answer_shape",
		"toolost:main": "unreachable", "tiktok:zone_a0": "login_needed",
	}
	got := report.found()
	if !maps.Equal(got, want) {
		t.Errorf("found %v\nwanted %v", got, want)
	}
	for _, e := range report.Result.Findings {
		if e.Severity == "error" && (e.What == "" || e.Next == "") {
			t.Errorf("%+v", e)
		}
	}
	// What did not fail is published.
	n.equal("select string_agg(distinct account, ' ') from raw.tiktok__overview", "pig1987")
	for _, table := range []string{"raw.metaads__account", "raw.youtube__videos", "raw.distrokid__bank", "raw.toolost__spotify"} {
		if n.one("select count(*) from "+table) == "0" {
			t.Errorf("%s is empty", table)
		}
	}
	for _, table := range []string{"raw.metaads__insights", "raw.youtube__analytics", "raw.distrokid__streams", "raw.toolost__apple"} {
		n.equal("select count(*) from "+table, "0")
	}
	evidence, err := filepath.Glob(filepath.Join(n.root, "audit", "evidence", "*", "*", "*"))
	if err != nil || len(evidence) < 6 {
		t.Errorf("evidence: %v, %v", evidence, err)
	}
	if kept, err := filepath.Glob(filepath.Join(records, "*", "*.json")); err != nil || len(kept) < 5 {
		t.Errorf("recorded: %v, %v", kept, err)
	}
	t.Run("a dead login alone is exit 6", func(t *testing.T) {
		said := n.want(6, []string{"the session is over", "bedrot session login tiktok --account zone_a0"}, "run", "--only", "tiktok/overview")
		n.talk.WriteString(said.out + said.err)
		n.tiktokLogin("zone_a0", "zone.a0")
		said = n.ok("run", "--only", "tiktok/overview")
		n.talk.WriteString(said.out + said.err)
		n.equal("select string_agg(distinct account, ' ' order by account) from raw.tiktok__overview", "pig1987 zone_a0")
	})
	if all := slices.Collect(maps.Keys(n.canaries())); len(all) < 20 {
		t.Errorf("only %d canaries: %v", len(all), all)
	}
	n.well()
	n.silent(records)
}
