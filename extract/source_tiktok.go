package extract

// tiktok is TikTok.
func tiktok() Source {
	return Source{Name: "tiktok", Title: "TikTok"}
}
