package session

import (
	"net"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxCookie is how long a cookie's name and value may be together: browsers keep no longer one.
const maxCookie = 4096

var domains = regexp.MustCompile(`^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)

// settle makes a cookie one that a browser takes; otherwise it says why none will. One that a browser
// refuses would keep all others out.
func (c *Cookie) settle() (wrong string) {
	c.Domain = strings.ToLower(c.Domain)
	if bare := strings.TrimPrefix(c.Domain, "."); net.ParseIP(bare) != nil {
		c.Domain = bare // an address has no subdomains
	}
	if !strings.HasPrefix(c.Path, "/") {
		c.Path = "/"
	}
	if c.Expires <= 0 {
		c.Expires = -1
	}
	c.SameSite = sameSite(c.SameSite)
	if c.SameSite == "None" && !c.Secure {
		c.SameSite = "Lax" // browsers refuse None on cookies that go out unencrypted
	}
	text := c.Name + c.Value + c.Path
	switch {
	case c.Name == "" || strings.ContainsAny(c.Name, "=; \t"):
		return "has no name"
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.Contains(c.Value+c.Path, ";"):
		return "has characters that no cookie has"
	case len(c.Name)+len(c.Value) > maxCookie:
		return "is longer than browsers keep"
	case !domains.MatchString(c.Domain):
		return "has no domain"
	case c.Expires > maxSeconds:
		return "ends at no time that is one"
	case strings.HasPrefix(c.Name, "__Secure-") && !c.Secure, strings.HasPrefix(c.Name, "__Host-") && (!c.Secure || c.Path != "/" || c.Domain[0] == '.'):
		return "is not as its name demands"
	}
	return ""
}

// sameSite is what exports call it, in a browser's words. What says nothing, or nothing known, is Lax, as
// it is for browsers.
func sameSite(said string) string {
	switch strings.ToLower(said) {
	case "strict":
		return "Strict"
	case "none", "no_restriction":
		return "None"
	}
	return "Lax"
}

// knownSameSite are the words that exports use.
func knownSameSite(said string) bool {
	return slices.Contains([]string{"", "strict", "lax", "none", "no_restriction", "unspecified", "null"}, strings.ToLower(said))
}
