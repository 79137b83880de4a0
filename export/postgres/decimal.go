package postgres

import (
	"fmt"
	"math/big"
	"strings"
)

// addDecimals adds two decimal texts exactly; "" is nothing, which is not 0.
func addDecimals(a, b string) (string, error) {
	if a == "" || b == "" {
		return a + b, nil
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY {
		return "", fmt.Errorf("%q or %q is no number", a, b)
	}
	return x.Add(x, y).FloatString(max(digits(a), digits(b))), nil
}

// digits behind the point.
func digits(text string) int {
	_, behind, _ := strings.Cut(text, ".")
	return len(behind)
}

// sameDecimal compares two decimal texts by value; "" equals only itself.
func sameDecimal(a, b string) bool {
	if a == b {
		return true
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}
