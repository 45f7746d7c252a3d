/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a call had its result: one line for each error the device can return and for each write whose frame went nowhere.
 * X(id, text, advice): what is so, and what to do about it.  "%s" in either, at most once, is the interface's name.
 */
#ifndef TAPD_TAP_WHY_H
#define TAPD_TAP_WHY_H

#define TAP_WHYS(X) \
	X(OPEN_BUSY, "%s is open already, and opening is exclusive", "see who has it: tapctl %s") \
	X(OPEN_DYING, "%s is being destroyed: ifconfig waits for its last close", "close it where it is open") \
	X(OPEN_PERM, "only root may open %s here", "tapctl sysctl net.link.tap.user_open=1") \
	X(OPEN_GONE, "%s's host interface was removed", "make it again: tapctl %s create") \
	X(OPEN_MISSING, "there is no such unit", "make it: tapctl NAME create") \
	X(OPEN_NO_CLONE, "this system's tap has no clone device", "choose a dialect that has one, or open /dev/tapN") \
	X(CLONE_OFF, "opening does not create units", "tapctl sysctl net.link.tap.devfs_cloning=1") \
	X(CLONE_PERM, "only root's open may create a unit", "tapctl sysctl net.link.tap.user_open=1") \
	X(CLONE_FAILED, "the unit could not be made", "tapd's log says why") \
	X(READ_DOWN, "%s is not up", "tapctl %s up, or tapctl sysctl net.link.tap.up_on_open=1") \
	X(READ_GONE, "%s's host interface was removed", "make it again: tapctl %s create") \
	X(READ_EMPTY, "no frame is waiting and the descriptor is non-blocking", "poll(2) first, or clear O_NONBLOCK") \
	X(READ_WOKEN, "%s went down, was closed or destroyed while this read slept", "tapctl %s up, and read again") \
	X(READ_INTERRUPTED, "a signal came while this read slept", "read again") \
	X(READ_CUT, "the frame was longer than the buffer and its rest is lost", "read with a buffer of the MTU and 14 bytes") \
	X(NOMEM, "tapd is out of memory", "give it more") \
	X(REVOKED, "the unit was destroyed while it was open", "close and open again") \
	X(NET_NODE, "/dev/net nodes only open and close", "open /dev/tapN for frames") \
	X(WRITE_DOWN, "dropped: %s is not up", "tapctl %s up") \
	X(WRITE_AWAY, "dropped: what %s is plugged into is away", "tapctl %s shows why") \
	X(WRITE_FILTERED, "dropped: the frame is for another address and %s is not promiscuous", "tapctl %s promisc") \
	X(WRITE_SHORT, "shorter than an Ethernet header of 14 bytes", "write whole frames, one a write") \
	X(WRITE_BIG, "longer than the longest frame this system takes", "write one frame a write") \
	X(WRITE_TORN, "Linux tore one write(2) into pieces, and this is not the first", "write at most 128 KiB in one buffer") \
	X(WRITE_GONE, "%s's host interface was removed", "make it again: tapctl %s create") \
	X(WRITE_VNET, "dropped: the virtio header does not fit the frame", "zero the header, or TAPSVNETHDR 0") \
	X(WRITE_FAULT, "dropped: fault injection on %s", "end it: tapctl %s fault none") \
	X(WRITE_REFUSED, "fault injection on %s refused the frame (enobufs)", "end it: tapctl %s fault none") \
	X(WRITE_NOBUFS, "%s had no room for the frame", "slow down, or see tapctl %s for what drops") \
	X(WRITE_FAILED, "the network side of %s refused the frame", "tapctl %s shows its state") \
	X(IOCTL_UNKNOWN, "no tap device has this command", "check the number, and the header it comes from") \
	X(IOCTL_TRANSPORT, "over FUSE the kernel does not carry this command's data", \
	    "build the program with tap-bsd's headers and library, or use CUSE") \
	X(IOCTL_TUN_TRANSPORT, "Linux's TUN ioctls carry their data over CUSE only", "run tapd with --transport=cuse") \
	X(IOCTL_OTHER_SYSTEM, "this command is not of the system %s stands for", "tapctl %s dialect, with one that has it") \
	X(IOCTL_VALUE, "the value is out of range", "tap(4) gives it") \
	X(IOCTL_PERM, "the caller may not do this", "run it as root") \
	X(IOCTL_TYPE, "the type of %s cannot be changed", "pass the type that TAPGIFINFO gave") \
	X(IOCTL_NO_PROCESS, "there is no such process or group", "pass one that exists, in the caller's pid namespace") \
	X(IOCTL_FAILED, "the network side of %s did not do it", "tapctl %s shows its state; tapd's log may say more")

enum tap_why {
	TAP_WHY_NONE,
#define X(id, text, advice) TAP_WHY_##id,
	TAP_WHYS(X)
#undef X
	TAP_WHY_COUNT
};

struct tap_why_desc {
	const char *id;			/* "READ_DOWN" */
	const char *text, *advice;
};
extern const struct tap_why_desc tap_why_table[TAP_WHY_COUNT];	/* TAP_WHY_NONE's strings are NULL */

#endif
