package extract

// metaads is Meta Ads.
func metaads() Source {
	return Source{Name: "metaads", Title: "Meta Ads"}
}
