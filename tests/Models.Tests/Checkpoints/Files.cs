using System.Text;

namespace Vitrine.Models.Tests.Checkpoints;

/// <summary>Files written byte by byte, right or wrong.</summary>
internal static class Files
{
    public static void Write(string path, string header, byte[] data) =>
        Write(path, Encoding.UTF8.GetBytes(header), data);

    public static void Write(string path, byte[] header, byte[] data) =>
        File.WriteAllBytes(
            path, [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. data]);
}
