package main

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bedrot/extract"
	"bedrot/sql/build"
)

func deployed(t *testing.T, elem ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"deploy"}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// unit reads a file of systemd: the values of each section's keys, in order.
func unit(t *testing.T, elem ...string) map[string][]string {
	t.Helper()
	keys := map[string][]string{}
	section := ""
	for line := range strings.Lines(deployed(t, elem...)) {
		line = strings.TrimSpace(line)
		name, value, isKey := strings.Cut(line, "=")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case !isKey || section == "":
			t.Errorf("%v: %q is no line of systemd", elem, line)
		default:
			keys[section+"."+name] = append(keys[section+"."+name], value)
		}
	}
	return keys
}

// holds fails the test where a file lacks a key, or has another value; an empty one fits any.
func holds(t *testing.T, file string, keys map[string][]string, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := keys[name]; len(got) == 0 || value != "" && !slices.Contains(got, value) {
			t.Errorf("%s: %s is %q, wanted %q", file, name, got, value)
		}
	}
}

// understood fails the test where a command line has a command or flag that the program does not know, and
// returns the command with what follows it.
func understood(t *testing.T, where, line string) string {
	t.Helper()
	words := strings.Fields(line)
	start := slices.IndexFunc(words, func(word string) bool {
		name := word[strings.LastIndexAny(word, `/\`)+1:]
		return name == "bedrot" || name == "bedrot.exe"
	})
	if start < 0 {
		t.Fatalf("%s: no bedrot in %q", where, line)
	}
	program := (&app{}).cli()
	flags, command := program.Flags, ""
	words = words[start+1:]
	after := ""
	for i := 0; i < len(words); i++ {
		word := words[i]
		if !strings.HasPrefix(word, "-") {
			if command != "" || program.Command(word) == nil {
				t.Errorf("%s: bedrot has no command %s", where, word)
				return ""
			}
			command, flags, after = word, program.Command(word).Flags, strings.Join(words[i:], " ")
			continue
		}
		known := false
		for _, flag := range flags {
			known = known || slices.Contains(flag.Names(), strings.TrimLeft(word, "-"))
		}
		if !known {
			t.Errorf("%s: bedrot %s has no flag %s", where, command, word)
		}
		if takesValue(flags, word) {
			if i++; word == "--skip" && (i == len(words) || !slices.Contains(build.Steps(), words[i])) {
				t.Errorf("%s: no such step to skip", where)
			}
		}
	}
	return after
}

func TestDeployedUnitsSayWhatANightNeeds(t *testing.T) {
	service := unit(t, "systemd", "bedrot@.service")
	holds(t, "bedrot@.service", service, map[string]string{
		"Unit.Wants": "network-online.target", "Unit.After": "network-online.target", "Unit.AssertPathExists": "/var/lib/bedrot/lake/lake.toml",
		"Service.Type": "oneshot", "Service.User": "bedrot", "Service.SuccessExitStatus": "5", "Service.EnvironmentFile": "/etc/bedrot/bedrot.env",
		"Service.TimeoutStartSec": "4h", "Service.TimeoutStopSec": "30s", "Service.KillMode": "mixed", "Service.Nice": "10", "Service.IOSchedulingClass": "best-effort",
		"Service.StateDirectory": "bedrot", "Service.CacheDirectory": "bedrot", "Service.UMask": "0027", "Service.ProtectSystem": "strict", "Service.ProtectHome": "yes",
		"Service.PrivateTmp": "yes", "Service.NoNewPrivileges": "yes", "Service.CapabilityBoundingSet": "", "Service.RestrictAddressFamilies": "", "Service.SystemCallFilter": "",
	})
	for _, name := range []string{"landlock_restrict_self", "seccomp", "chroot"} { // of bedrot's own fence, and a browser's
		if !slices.Contains(strings.Fields(strings.Join(service["Service.SystemCallFilter"], " ")), name) {
			t.Errorf("the service may not call %s", name)
		}
	}
	for _, name := range []string{"MemoryDenyWriteExecute", "RestrictNamespaces", "PrivateNetwork", "Restart"} {
		if service["Service."+name] != nil {
			t.Errorf("bedrot does not survive %s", name)
		}
	}
	if after := understood(t, "bedrot@.service", strings.Join(service["Service.ExecStart"], " ")); after != "run" {
		t.Errorf("the night does %q", after)
	}
	light := unit(t, "systemd", "bedrot@noon.service.d", "light.conf")
	holds(t, "light.conf", light, map[string]string{"Service.TimeoutStartSec": "1h"})
	if start := light["Service.ExecStart"]; len(start) != 2 || start[0] != "" || understood(t, "light.conf", start[1]) != "run --skip extract" {
		t.Errorf("the noon does %q", start)
	}
	for name, at := range map[string]string{"night": "*-*-* 03:30:00", "noon": "*-*-* 12:30:00"} {
		timer := unit(t, "systemd", "bedrot-"+name+".timer")
		holds(t, name, timer, map[string]string{
			"Timer.OnCalendar": at, "Timer.Persistent": "true", "Timer.RandomizedDelaySec": "", "Timer.Unit": "bedrot@" + name + ".service", "Install.WantedBy": "timers.target",
		})
	}
}

// TestDeployedUnitsPleaseSystemd asks systemd itself, where it is, whether it takes the units without a word.
func TestDeployedUnitsPleaseSystemd(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is missing (Debian: apt-get install systemd)")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("deploy", "systemd"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bedrot@.service", filepath.Join("bedrot@noon.service.d", "light.conf")} {
		text := strings.ReplaceAll(deployed(t, "systemd", name), "/usr/local/bin/bedrot", "/bin/true") // the program need not be installed
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if name == "bedrot@.service" {
			for _, instance := range []string{"bedrot@night.service", "bedrot@noon.service"} { // verify wants files
				if err := os.WriteFile(filepath.Join(dir, instance), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	verify := exec.CommandContext(t.Context(), analyze, "verify", "bedrot@night.service", "bedrot@noon.service", "bedrot-night.timer", "bedrot-noon.timer")
	verify.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":")
	said, err := verify.CombinedOutput()
	if err != nil || strings.Contains(string(said), "bedrot") { // what it says of other units is their business
		t.Errorf("%v\n%s", err, said)
	}
}

func TestDeployedCrontab(t *testing.T) {
	var jobs []string
	for line := range strings.Lines(deployed(t, "cron", "crontab")) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") || regexp.MustCompile(`^[A-Z_]+=`).MatchString(line) {
			continue
		}
		if !regexp.MustCompile(`^[0-9]+ [0-9]+ \* \* \* [a-z]`).MatchString(line) || regexp.MustCompile(`(^|[^\\])%`).MatchString(line) {
			t.Errorf("cron does not understand %q", line)
		}
		for _, part := range []string{"nice -n 10", "ionice -c 2", "timeout --kill-after=30", "--quiet"} {
			if !strings.Contains(line, part) {
				t.Errorf("%q lacks %s", line, part)
			}
		}
		jobs = append(jobs, understood(t, "crontab", line))
	}
	if !slices.Equal(jobs, []string{"run", "run --skip extract"}) {
		t.Errorf("%q", jobs)
	}
}

func TestDeployedTasksOfWindows(t *testing.T) {
	for name, want := range map[string][4]string{"night": {"T03:30:00", "PT4H", "true", "run"}, "noon": {"T12:30:00", "PT1H", "false", "run --skip extract"}} {
		text := deployed(t, "windows", "bedrot-"+name+".xml")
		var task struct {
			XMLName xml.Name `xml:"http://schemas.microsoft.com/windows/2004/02/mit/task Task"`
			Start   string   `xml:"Triggers>CalendarTrigger>StartBoundary"`
			Delay   string   `xml:"Triggers>CalendarTrigger>RandomDelay"`
			Days    int      `xml:"Triggers>CalendarTrigger>ScheduleByDay>DaysInterval"`
			Missed  bool     `xml:"Settings>StartWhenAvailable"`
			Network string   `xml:"Settings>RunOnlyIfNetworkAvailable"`
			Twice   string   `xml:"Settings>MultipleInstancesPolicy"`
			Limit   string   `xml:"Settings>ExecutionTimeLimit"`
			Low     int      `xml:"Settings>Priority"`
			Right   string   `xml:"Principals>Principal>RunLevel"`
			Command string   `xml:"Actions>Exec>Command"`
			Args    string   `xml:"Actions>Exec>Arguments"`
		}
		if err := xml.Unmarshal([]byte(text), &task); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(task.Start, want[0]) || task.Limit != want[1] || task.Network != want[2] || !strings.HasPrefix(task.Delay, "PT") || task.Days != 1 ||
			!task.Missed || task.Twice != "IgnoreNew" || task.Low <= 7 || task.Right != "LeastPrivilege" {
			t.Errorf("%s: %+v", name, task)
		}
		if after := understood(t, name, task.Command+" "+task.Args); after != want[3] {
			t.Errorf("%s does %q", name, after)
		}
		if !strings.Contains(text, "schtasks /Create /TN bedrot-"+name+" /XML") {
			t.Errorf("%s does not say how it is installed", name)
		}
	}
}

// TestDeployedSecretsAreNamesOnly holds the file that people fill in to names the program knows, without values.
func TestDeployedSecretsAreNamesOnly(t *testing.T) {
	known := []string{"BEDROT_MEMORY", "BEDROT_THREADS"}
	for _, source := range extract.Sources() {
		for _, setting := range source.Settings {
			known = append(known, setting.Name)
		}
	}
	found := 0
	for _, line := range regexp.MustCompile(`(?m)^#?([A-Z_]+)=(.*)$`).FindAllStringSubmatch(deployed(t, "systemd", "bedrot.env"), -1) {
		found++
		if !slices.Contains(known, line[1]) || !strings.HasPrefix(line[1], "BEDROT_") && line[2] != "" {
			t.Errorf("bedrot.env: %s", line[0])
		}
	}
	if found < 3 {
		t.Errorf("%d names", found)
	}
}
