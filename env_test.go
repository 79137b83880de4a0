package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bedrot/zones"
)

func TestAnEnvironmentLiesOverTheBase(t *testing.T) {
	l := newLake(t)
	l.inLake("lake.toml", "threads = 1\nmemory = \"1GB\"\n[accounts]\ndistrokid = [\"label\"]\n")
	l.inLake("lake.try.toml", "memory = \"2GB\"\n[accounts]\ndistrokid = [\"sandbox\"]\n")
	for name, text := range map[string]string{".env": "TOKEN=base\nOTHER=base\n", ".env.try": "TOKEN=try\n"} {
		l.inLake(name, text)
		if err := os.Chmod(filepath.Join(l.root, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := zones.Open(l.root, "try", zones.Files{})
	if err != nil {
		t.Fatal(err)
	}
	c := opened.Config
	if c.Memory != "2GB" || c.Threads != 1 || c.Account("distrokid") != "sandbox" || opened.DotEnv["TOKEN"] != "try" || opened.DotEnv["OTHER"] != "base" {
		t.Errorf("config %+v, secrets %v", c, opened.DotEnv)
	}
	l.want(0, []string{"landed as distrokid/bank:sandbox"}, "--env", "try", "import", arrivals(l)[0])
	l.ok("--env", "try", "run")
	l.equal("select environment from meta.runs where command = 'run'", "try")
	version, err := opened.Current()
	if err != nil || version.Env != "try" {
		t.Errorf("the version is of environment %q: %v", version.Env, err)
	}
	l.inLake("lake.try.toml", "memory = \"2GB\"\nnonsense = 1\n")
	l.want(2, []string{"lake.try.toml:2", "unknown setting nonsense"}, "--env", "try", "run")
	l.want(2, []string{"environment"}, "--env", "../x", "run")
}

// A lake made in an environment is never opened in another by mistake: what was tried out does not end
// up in what is live.
func TestALakeBelongsToItsEnvironment(t *testing.T) {
	l := &lake{t: t, root: filepath.Join(t.TempDir(), "lake"), now: clock, ctx: t.Context()}
	l.ok("--env", "live", "init", l.root)
	l.want(2, []string{`belongs to the environment "live"`, "next:"}, "--env", "try", "run")
	l.ok("--env", "live", "run")
	l.ok("run") // its own environment is meant when none is named
	l.equal("select distinct environment from meta.runs", "live")
}

func TestSecretsOthersMayReadAreRefused(t *testing.T) {
	l := newLake(t)
	l.inLake(".env", "TOKEN=a secret\n")
	said := l.want(2, []string{".env", "others may read it (mode 0644)", "next: chmod 600"}, "run")
	if strings.Contains(said.err+said.out, "a secret") {
		t.Error("the secret is told")
	}
	if err := os.Chmod(filepath.Join(l.root, ".env"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.ok("run")
}
