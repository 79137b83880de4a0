package query

import "strings"

// Split cuts a text into statements at semicolons outside quotes and comments.
func Split(text string) []string {
	var statements []string
	start, i := 0, 0
	add := func(end int) {
		if statement := strings.TrimSpace(text[start:end]); statement != "" && !onlyComments(statement) {
			statements = append(statements, statement)
		}
	}
	for i < len(text) {
		switch {
		case text[i] == ';':
			add(i)
			i++
			start = i
		case text[i] == '\'' || text[i] == '"':
			i = skipQuoted(text, i)
		case strings.HasPrefix(text[i:], "--"):
			i = skipPast(text, i, "\n")
		case strings.HasPrefix(text[i:], "/*"):
			i = skipPast(text, i+2, "*/")
		case text[i] == '$':
			i = skipDollar(text, i)
		default:
			i++
		}
	}
	add(len(text))
	return statements
}

func onlyComments(statement string) bool {
	for i := 0; i < len(statement); {
		switch {
		case strings.HasPrefix(statement[i:], "--"):
			i = skipPast(statement, i, "\n")
		case strings.HasPrefix(statement[i:], "/*"):
			i = skipPast(statement, i+2, "*/")
		case strings.ContainsRune(" \t\r\n", rune(statement[i])):
			i++
		default:
			return false
		}
	}
	return true
}

// skipQuoted returns the position after a quoted text; a doubled quote is one inside it.
func skipQuoted(text string, at int) int {
	quote := text[at]
	for i := at + 1; i < len(text); i++ {
		if text[i] != quote {
			continue
		}
		if i+1 < len(text) && text[i+1] == quote {
			i++
			continue
		}
		return i + 1
	}
	return len(text)
}

func skipPast(text string, from int, mark string) int {
	if end := strings.Index(text[min(from, len(text)):], mark); end >= 0 {
		return from + end + len(mark)
	}
	return len(text)
}

// skipDollar skips $tag$ … $tag$.
func skipDollar(text string, at int) int {
	end := strings.IndexByte(text[at+1:], '$')
	if end < 0 {
		return at + 1
	}
	tag := text[at : at+1+end+1]
	for _, c := range tag[1 : len(tag)-1] {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return at + 1
		}
	}
	return skipPast(text, at+len(tag), tag)
}
