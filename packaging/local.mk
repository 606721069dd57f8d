EXTRA_DIST += \
	packaging/build \
	packaging/debian/changelog \
	packaging/debian/control \
	packaging/debian/copyright \
	packaging/debian/libunixport-dev.docs \
	packaging/debian/libunixport-dev.examples \
	packaging/debian/libunixport-dev.install \
	packaging/debian/libunixport1.install \
	packaging/debian/libunixport1.symbols \
	packaging/debian/not-installed \
	packaging/debian/rules \
	packaging/debian/source/format \
	packaging/debian/unixport.install \
	packaging/try
