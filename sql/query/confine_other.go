//go:build !linux

package query

// KernelFence says whether the kernel can confine a process that asks questions, and with what.
func KernelFence() (what string, ok bool) {
	return "this system has no Landlock: DuckDB's own settings and the gate hold alone", false
}

func confine(lake, scratch, writable string) error { return nil }
