using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests;

/// <summary>Stored results of reference tools beside the repository, in the folder
/// <c>shared/goldens</c>; a test is skipped, by name, where they are absent.</summary>
internal sealed class Stored : IDisposable
{
    private readonly SafeTensors _file;

    private Stored(SafeTensors file) => _file = file;

    public static Stored Open(string path) => new(SafeTensors.Open(PathOf(path)));

    /// <summary>The path of a file or folder below <c>shared/goldens</c>.</summary>
    public static string PathOf(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder =
            folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Vitrine.slnx")))
            {
                string found = Path.Combine(folder.FullName, "..", "shared", "goldens", path);
                Assert.SkipUnless(Path.Exists(found), $"shared/goldens/{path} is absent");
                return found;
            }
        }

        Assert.Skip($"shared/goldens/{path} is absent");
        return "";
    }

    public Tensor<float> Tensor(string name) => _file.ReadFloat(name);

    public Tensor<int> Integers(string name) => _file.ReadInt(name);

    public float[] Values(string name)
    {
        using Tensor<float> tensor = Tensor(name);
        return tensor.ToArray();
    }

    public int[][] Rows(string name)
    {
        using Tensor<int> tensor = Integers(name);
        return [.. Enumerable.Range(0, tensor.Shape[0]).Select(
            row => tensor.Select(0, row).ToArray())];
    }

    public bool Has(string name) => _file.TryGet(name, out _);

    public void Dispose() => _file.Dispose();

    /// <summary>Equal within a share of the largest expected value.</summary>
    public static void Near(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double share = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        foreach (float value in expected)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - (double)actual[i]) <= share * largest,
                $"element {i}: {actual[i]} instead of {expected[i]}, largest {largest}");
        }
    }

    public static void Near(
        ReadOnlySpan<float> expected, IEnumerable<double> actual, double share = 1e-5) =>
        Near(expected, [.. actual.Select(value => (float)value)], share);
}
