using System.Runtime.InteropServices;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests;

/// <summary>Stored results of reference tools beside the repository, in the folder
/// <c>shared/goldens</c>.</summary>
internal sealed class Stored : IDisposable
{
    private readonly SafeTensors _file;

    private Stored(SafeTensors file) => _file = file;

    public static Stored Open(string path) => new(SafeTensors.Open(PathOf(path)));

    /// <summary>The path of a file or folder below <c>shared/goldens</c>.</summary>
    public static string PathOf(string path) => Repository.Shared($"goldens/{path}");

    /// <summary>Numbers that were stored in double precision, as they are.</summary>
    public double[] Doubles(string name)
    {
        Assert.True(_file.TryGet(name, out StoredTensor? tensor), $"{_file.Path}: no {name}");
        Assert.Equal(ElementType.F64, tensor.Type);
        double[] values = new double[tensor.Length / sizeof(double)];
        using FileStream stream = File.OpenRead(_file.Path);
        stream.Position = tensor.Offset;
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
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
