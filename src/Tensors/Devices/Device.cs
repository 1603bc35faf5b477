namespace Vitrine.Tensors;

/// <summary>Where a tensor's memory lies and its ops run.</summary>
/// <remarks>
/// Every op switches on the device of its operands in one place. An op that has no kernel for a
/// device throws and names both; nothing is copied between devices silently.
/// </remarks>
public sealed class Device
{
    private Device(string name) => Name = name;

    /// <summary>The machine's processor: kernels over spans and vectors.</summary>
    public static Device Cpu { get; } = new("cpu");

    /// <summary>The device's name, as options and messages spell it.</summary>
    public string Name { get; }

    /// <summary>Bytes of tensor memory in use on this device.</summary>
    public long BytesInUse => Pool.BytesInUse;

    /// <summary>Bytes of tensor memory that are free and kept for reuse.</summary>
    public long BytesPooled => Pool.BytesPooled;

    /// <summary>How often the operating system was asked for memory; constant over a warm
    /// step.</summary>
    public long NativeAllocations => Pool.NativeAllocations;

    internal NativePool Pool { get; } = new();

    /// <summary>Gives the free pooled memory back to the operating system.</summary>
    public void TrimPool() => Pool.Trim();

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal NotSupportedException NoKernel(string op) => new(
        $"{op}: there is no kernel for device '{Name}'; move the operands to a device that has "
        + "one.");
}
