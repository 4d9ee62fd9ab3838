package weir.chaos.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A node's own file system: ext4 in a file, so it can be full, fail, and lose what was not synced, without any other
 * noticing.
 */
public final class Disk {
    private static final String MEGABYTES = "512";

    private final Path image;
    private final Path mount;

    private Disk(Path image, Path mount) {
        this.image = image;
        this.mount = mount;
    }

    static Disk create(Path image, Path mount) throws IOException, InterruptedException {
        Shell.run("truncate", "--size", MEGABYTES + "M", image.toString());
        Shell.run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        Files.createDirectories(mount);
        Disk disk = new Disk(image, mount);
        disk.attach();
        return disk;
    }

    Path directory() {
        return mount.resolve("data");
    }

    private void attach() throws IOException, InterruptedException {
        Shell.run("mount", "-o", "loop", image.toString(), mount.toString());
    }

    /** Takes all the room that is left. */
    public void fill() throws IOException, InterruptedException {
        try {
            Shell.run("dd", "if=/dev/zero", "of=" + filler(), "bs=64k", "status=none");
        } catch (LabException _) { // Ends with "no space left", as it is to.
        }
    }

    public void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return mount.resolve("filler");
    }

    /**
     * As after an error of the medium: nothing can be written any more. What was written and not yet synced is lost, as
     * after a power cut; that shows when it is attached anew.
     */
    public void fail() throws IOException, InterruptedException {
        Shell.run("mount", "-o", "remount,abort", mount.toString());
    }

    /** After {@link #fail}, with nobody using it: the state that a machine finds when it comes up. */
    public void reattach() throws IOException, InterruptedException {
        Shell.run("umount", mount.toString());
        attach();
    }
}
