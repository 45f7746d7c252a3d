/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Linux's own TUN/TAP ioctls mean on a tap descriptor, so that a program that was handed one (qemu's fd=, vdeplug)
 * finds what it looks for.  They describe the unit as a Linux TAP; what it is not is refused.  The numbers are part of
 * Linux's interface and do not change.
 */
#include <errno.h>
#include <string.h>

#include "tap/softc.h"

enum {
	IFF_TAP = 0x0002, IFF_NO_PI = 0x1000, IFF_VNET_HDR = 0x4000, IFF_ONE_QUEUE = 0x2000, IFF_TUN_EXCL = 0x8000,
	F_CSUM = 0x01, F_TSO4 = 0x02, F_TSO6 = 0x04, F_TSO_ECN = 0x08,
};

/* struct ifreq of Linux, as far as it is used. */
struct tun_ifreq {
	char name[TAP_IFNAMSIZ];
	uint16_t flags;
};

static int put(void *data, int value)
{
	memcpy(data, &value, sizeof(value));
	return 0;
}

static int take(const void *data)
{
	int value;

	memcpy(&value, data, sizeof(value));
	return value;
}

static int get_iff(struct tap_softc *sc, void *data)
{
	struct tun_ifreq ifr = { .flags = IFF_TAP | IFF_NO_PI | (sc->vnet_len != 0 ? IFF_VNET_HDR : 0) };

	tap_sync(sc);
	memcpy(ifr.name, sc->if_name, sizeof(ifr.name));
	memcpy(data, &ifr, sizeof(ifr));
	return 0;
}

/* It is attached to its interface for good: any name but that one is somebody else's, any mode but a TAP's is not ours. */
static int set_iff(struct tap_softc *sc, void *data)
{
	struct tun_ifreq ifr;
	bool vnet;
	int err = 0;

	memcpy(&ifr, data, sizeof(ifr));
	tap_sync(sc);
	vnet = ifr.flags & IFF_VNET_HDR;
	if ((ifr.flags & ~(IFF_VNET_HDR | IFF_ONE_QUEUE | IFF_TUN_EXCL)) != (IFF_TAP | IFF_NO_PI))
		return -EINVAL;
	if (ifr.name[0] != '\0' && strncmp(ifr.name, sc->if_name, sizeof(ifr.name)) != 0)
		return -EBUSY;
	if (vnet != (sc->vnet_len != 0))
		err = tap_set_vnet(sc, vnet ? TAP_VNET_LEN : 0);
	return err != 0 ? err : get_iff(sc, data);
}

static int get_features(struct tap_softc *sc, void *data)
{
	return put(data, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
}

static int get_vnet_len(struct tap_softc *sc, void *data)
{
	return put(data, sc->vnet_len != 0 ? (int)sc->vnet_len : TAP_VNET_LEN);
}

/* The length of a header that frames do not have can be no other than it would be. */
static int set_vnet_len(struct tap_softc *sc, void *data)
{
	int len = take(data);

	if (len != TAP_VNET_LEN && (len != TAP_VNET_MAX || sc->vnet_len == 0))
		return -EINVAL;
	return sc->vnet_len != 0 ? tap_set_vnet(sc, len) : 0;
}

/* What the program will do for the host: said in a header, so without one there is nothing to offer. */
static int set_offload(struct tap_softc *sc, void *data)
{
	int features = take(data);

	if (features & ~(F_CSUM | F_TSO4 | F_TSO6 | F_TSO_ECN))
		return -EINVAL;
	if (sc->vnet_len == 0)
		return features == 0 ? 0 : -EINVAL;
	if (sc->gone)
		return -ENXIO;
	return sc->net_ops->set_offload != NULL ? sc->net_ops->set_offload(sc, features != 0) : 0;
}

int tap_tun_ioctl(struct tap_softc *sc, enum tap_ioctl_id id, void *data)
{
	static int (*const handlers[])(struct tap_softc *sc, void *data) = {
		[TAP_IOC_TUNSETIFF - TAP_IOC_TUNSETIFF] = set_iff,
		[TAP_IOC_TUNGETIFF - TAP_IOC_TUNSETIFF] = get_iff,
		[TAP_IOC_TUNGETFEATURES - TAP_IOC_TUNSETIFF] = get_features,
		[TAP_IOC_TUNGETVNETHDRSZ - TAP_IOC_TUNSETIFF] = get_vnet_len,
		[TAP_IOC_TUNSETVNETHDRSZ - TAP_IOC_TUNSETIFF] = set_vnet_len,
		[TAP_IOC_TUNSETOFFLOAD - TAP_IOC_TUNSETIFF] = set_offload,
	};

	return handlers[id - TAP_IOC_TUNSETIFF](sc, data);
}
