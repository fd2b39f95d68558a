// SPDX-License-Identifier: GPL-2.0
/*
 * Findings about the host: kernel, overlayfs, the module, and whether it is loaded at boot.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/ovlsync.h>

#include "doctor.h"
#include "mounts.h"
#include "xalloc.h"

#define SUBJECT		"host"
#define MODULE_SIZE_MAX (64 << 20)

/* A whole file, to be freed, its length at @len; NULL: it can't be read. */
static char *host_read(const struct doctor_host *host, const char *path, size_t *len)
{
	int fd = root_open(host->root, path, O_RDONLY | O_NONBLOCK);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *text = NULL;
	size_t size = 0;

	*len = 0;
	if (!file) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	do {
		if (*len + 4096 >= size) {
			size = size ? size * 2 : 8192;
			text = xreallocarray(text, size, 1);
		}
		*len += fread(text + *len, 1, 4096, file);
	} while (!feof(file) && !ferror(file) && *len < MODULE_SIZE_MAX);
	fclose(file);
	text[*len] = '\0';
	return text;
}

/* The first line of a file, to be freed, or NULL. */
static char *host_line(const struct doctor_host *host, const char *path)
{
	size_t len;
	char *text = host_read(host, path, &len);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool host_has(const struct doctor_host *host, const char *path)
{
	int fd = root_open(host->root, path, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void add(struct rows *rows, enum doctor_level level, char *finding, char *advice)
{
	doctor_add(rows, level, SUBJECT, 0, finding, advice);
}

static void look_at_kernel(struct rows *rows, const struct doctor_host *host)
{
	unsigned int major = 0, minor = 0;

	sscanf(host->release, "%u.%u", &major, &minor);
	if (major < 6 || (major == 6 && minor < 1))
		add(rows, DOCTOR_PROBLEM,
		    xasprintf("kernel %s is older than 6.1, the first that ovlsync is for",
			      host->release),
		    xstrdup("boot kernel 6.1 or later"));
	else if (major == 6 && (minor == 1 || minor == 12))
		add(rows, DOCTOR_OK, xasprintf("kernel %s", host->release), NULL);
	else
		add(rows, DOCTOR_NOTE,
		    xasprintf("kernel %s: ovlsync is tested on 6.1 and 6.12 only", host->release),
		    xstrdup("boot 6.1 or 6.12; or rmmod ovlsync, and every sync is a full one"));
}

static void look_at_overlay(struct rows *rows, const struct doctor_host *host)
{
	char *version = host_line(host, "/sys/module/overlay/srcversion");
	size_t len;
	char *types = host_read(host, "/proc/filesystems", &len);

	if (types && !strstr(types, "\toverlay\n"))
		add(rows, DOCTOR_NOTE, xstrdup("overlayfs is not loaded, so there are no overlays"),
		    NULL);
	else if (version)
		add(rows, DOCTOR_OK, xasprintf("overlayfs is a module, srcversion %s", version),
		    NULL);
	else
		add(rows, DOCTOR_OK, xasprintf("overlayfs is the one of kernel %s", host->release),
		    NULL);
	free(types);
	free(version);
}

/* The module's file as modules.dep has it, to be freed, or NULL. */
static char *module_file(const struct doctor_host *host)
{
	char *path = xasprintf("/lib/modules/%s/modules.dep", host->release), *line, *next;
	size_t len;
	char *text = host_read(host, path, &len), *found = NULL;

	free(path);
	for (next = text; !found && (line = strsep(&next, "\n"));) {
		char *end = strchr(line, ':');
		const char *name;

		if (!end)
			continue;
		*end = '\0';
		name = strrchr(line, '/');
		if (!strncmp(name ? name + 1 : line, "ovlsync.ko", strlen("ovlsync.ko")))
			found = *line == '/' ? xstrdup(line)
					     : xasprintf("/lib/modules/%s/%s", host->release, line);
	}
	free(text);
	return found;
}

/* Either asks for signatures, and lockdown does so without Secure Boot as well (lockdown=integrity). */
static bool wants_signatures(const struct doctor_host *host)
{
	char *enforced = host_line(host, "/sys/module/module/parameters/sig_enforce");
	char *lockdown = host_line(host, "/sys/kernel/security/lockdown");
	bool wants = (enforced && *enforced == 'Y') || (lockdown && !strstr(lockdown, "[none]"));

	free(enforced);
	free(lockdown);
	return wants;
}

static void look_at_missing_module(struct rows *rows, const struct doctor_host *host,
				   const char *file)
{
	if (file)
		add(rows, DOCTOR_PROBLEM, xstrdup("the module is not loaded"),
		    xstrdup("modprobe ovlsync"));
	else
		add(rows, DOCTOR_PROBLEM,
		    xasprintf("the module is not installed for kernel %s", host->release),
		    xasprintf("install linux-headers-%s, then in ovlsync's sources: make install",
			      host->release));
	if (wants_signatures(host))
		add(rows, DOCTOR_NOTE,
		    xstrdup("this kernel loads signed modules only (Secure Boot, lockdown, or "
			    "module.sig_enforce)"),
		    xstrdup("sign ovlsync.ko with a key that is enrolled (mokutil --import)"));
}

/* What "modinfo -F srcversion" would say, of a file that is not compressed. */
static bool file_has_srcversion(const struct doctor_host *host, const char *file,
				const char *srcversion, bool *known)
{
	size_t len;
	char *text = host_read(host, file, &len);
	const char *at = text ? memmem(text, len, "srcversion=", strlen("srcversion=")) : NULL;
	bool same = at && !strcmp(at + strlen("srcversion="), srcversion);

	*known = at;
	free(text);
	return same;
}

static void look_at_loaded_module(struct rows *rows, const struct doctor_host *host,
				  const char *file)
{
	char *version = host_line(host, "/sys/module/ovlsync/version");
	char *srcversion = host_line(host, "/sys/module/ovlsync/srcversion");
	bool known = false;

	add(rows, DOCTOR_OK, xasprintf("the module is loaded, version %s", version ?: "unknown"),
	    NULL);
	if (version && strcmp(version, OVLSYNC_VERSION))
		add(rows, DOCTOR_NOTE,
		    xasprintf("ovlctl is of version %s, the module is not", OVLSYNC_VERSION),
		    xstrdup("install module and ovlctl of the same version"));
	if (file && srcversion && !file_has_srcversion(host, file, srcversion, &known) && known)
		add(rows, DOCTOR_NOTE,
		    xasprintf("the module that is loaded is not the one in %s", file),
		    xstrdup("rmmod ovlsync && modprobe ovlsync"));
	if (!host_has(host, OVLSYNC_DEVICE))
		add(rows, DOCTOR_PROBLEM,
		    xstrdup(OVLSYNC_DEVICE " is missing: ovlctl gc and ovlctl sync need it"),
		    xstrdup("see that /dev is a devtmpfs, or that of the host, not of a "
			    "container"));
	free(version);
	free(srcversion);
}

static void look_at_module(struct rows *rows, struct doctor_host *host)
{
	char *file = module_file(host);

	host->loaded = host_has(host, "/sys/fs/ovlsync");
	if (host->loaded)
		look_at_loaded_module(rows, host, file);
	else
		look_at_missing_module(rows, host, file);
	free(file);
}

/* A line of modules-load.d(5) or /etc/modules. */
static bool names_module(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " \t");
		if (!strncmp(line, "ovlsync", 7) && (!line[7] || strchr(" \t\r#", line[7])))
			return true;
	}
	return false;
}

static bool file_names_module(const struct doctor_host *host, const char *path)
{
	size_t len;
	char *text = host_read(host, path, &len);
	bool names = text && names_module(text);

	free(text);
	return names;
}

/* The file that has it loaded at boot, to be freed, or NULL. */
static char *boot_file(const struct doctor_host *host)
{
	static const char *const directories[] = { "/etc/modules-load.d", "/run/modules-load.d",
						   "/usr/local/lib/modules-load.d",
						   "/usr/lib/modules-load.d" };
	char *found = NULL;
	size_t i;

	for (i = 0; i < sizeof(directories) / sizeof(directories[0]) && !found; i++) {
		int fd = root_open(host->root, directories[i], O_RDONLY | O_DIRECTORY);
		DIR *dir = fd < 0 ? NULL : fdopendir(fd);
		struct dirent *entry;

		while (dir && !found && (entry = readdir(dir))) {
			size_t len = strlen(entry->d_name);
			char *path = xasprintf("%s/%s", directories[i], entry->d_name);

			if (len > 5 && !strcmp(entry->d_name + len - 5, ".conf") &&
			    file_names_module(host, path))
				found = xstrdup(path);
			free(path);
		}
		if (dir)
			closedir(dir);
	}
	if (!found && file_names_module(host, "/etc/modules"))
		found = xstrdup("/etc/modules");
	return found;
}

static void look_at_boot(struct rows *rows, const struct doctor_host *host)
{
	char *file = boot_file(host);

	if (file)
		add(rows, DOCTOR_OK, xasprintf("loaded at boot: %s", file), NULL);
	else
		add(rows, DOCTOR_NOTE, xstrdup("not loaded at boot"),
		    xstrdup("echo ovlsync > /etc/modules-load.d/ovlsync.conf"));
	free(file);
}

/**
 * doctor_look_at_host - find out about the host
 * @rows: rows of doctor_columns, to which findings are added
 * @host: the host; @host->loaded is set
 */
void doctor_look_at_host(struct rows *rows, struct doctor_host *host)
{
	look_at_kernel(rows, host);
	look_at_overlay(rows, host);
	look_at_module(rows, host);
	look_at_boot(rows, host);
}
